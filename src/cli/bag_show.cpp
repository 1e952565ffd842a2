#include "cli/bag_show.hpp"

#include <memory>

#include "base/text.hpp"
#include "cli/api_session.hpp"
#include "cli/bag_create.hpp"
#include "cli/bag_get.hpp"
#include "cli/bag_restore.hpp"
#include "cli/bag_validate.hpp"
#include "cli/bag_versions.hpp"
#include "cli/console_sink.hpp"
#include "cli/json_tree.hpp"
#include "cli/paint.hpp"
#include "cli/readable.hpp"
#include "cli/stored_bag_name.hpp"

namespace strongroom::cli {
namespace {

struct BagShowOptions {
  std::string bag;
  std::optional<std::string> version;
  bool files = false;
  bool json = false;
  ServiceOptions service;
};

/// What the files of a bag come to.
struct Total {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

std::string line(const Paint& paint, std::string name, const std::string& value) {
  constexpr std::size_t kColumn = 14;
  if (value.empty()) return {};
  name.resize(kColumn, ' ');
  return paint.bold(name) + one_line(value) + "\n";
}

std::string location_line(const Paint& paint, const char* name, const JsonTree& location) {
  if (location.kind() != JsonTree::Kind::object) return {};
  return line(paint, name, location.text("url") + " (" + location.text("accessTier") + ")");
}

std::string summary(const JsonTree& bag, const Total& total, const Paint& paint) {
  const JsonTree& info = bag.at("info");
  std::string out = line(paint, "bag", bag.text("id")) + line(paint, "version", bag.text("version")) +
                    line(paint, "stored", readable_instant(bag.text("createdDate"))) +
                    line(paint, "description", info.text("externalDescription")) +
                    line(paint, "organisation", info.text("sourceOrganisation")) +
                    line(paint, "sender", info.text("internalSenderIdentifier")) +
                    line(paint, "sender says", info.text("internalSenderDescription")) +
                    line(paint, "bagged", info.text("baggingDate")) +
                    line(paint, "payload oxum", info.text("payloadOxum"));
  out += line(paint, "files", counted(total.files, "file") + ", " + readable_size(total.bytes));
  out += line(paint, "checksums",
              bag.at("manifest").text("checksumAlgorithm") + " (payload), " +
                  bag.at("tagManifest").text("checksumAlgorithm") + " (tag files)");
  out += location_line(paint, "primary", bag.at("location"));
  for (const JsonTree& replica : bag.list("replicaLocations")) out += location_line(paint, "replica", replica);
  return out;
}

Exit bag_show(const BagShowOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  Result<Credentials> credentials = find_credentials(options.service, console);
  if (!credentials) return complain(console, Exit::usage, credentials.error());
  const Result<StoredBagName> name = parse_stored_bag(options.bag, options.version);
  if (!name) return complain(console, Exit::usage, name.error());
  const std::string path = name->resource("");
  ApiSession session(std::move(credentials).value());
  if (options.json) {
    ConsoleSink sink(console);
    const auto got = session.download(path, sink);
    if (!got) return complain(console, Exit::unavailable, got.error());
    console.out("\n");
    return Exit::success;
  }
  Total total;
  JsonStream stream({"files"}, [&](const std::string&, const JsonTree& file) {
    const std::uint64_t size = file.number("size").value_or(0);
    total.files += 1;
    total.bytes += size;
    if (!options.files) return;
    console.out(std::to_string(size) + "\t" + one_line(file.text("checksum")) + "\t" + one_line(file.text("name")) +
                "\n");
  });
  const auto got = session.download(path, stream);
  if (!got) return complain(console, Exit::unavailable, got.error());
  const Result<JsonTree> bag = stream.finish();
  if (!bag) return complain(console, Exit::unavailable, bag.error());
  if (!options.files) console.out(summary(*bag, total, Paint::for_out(surroundings)));
  return Exit::success;
}

}  // namespace

Command bag_command() {
  Command group("bag", "look at stored bags, check local ones");
  group.description = "Commands about bags: those that are stored, and those on this machine.";
  const auto options = std::make_shared<BagShowOptions>();
  Command command("show", "show the description of a stored bag");
  command.description =
      "Shows what the archive holds of a bag and where: the latest version, or the one named. With --files the "
      "files instead, a line each with tabs between size, checksum and name, in the order of the description: payload, "
      "then tag files.";
  command.examples = {{"The latest version", "strongroom bag show digitised/b12345678"},
                      {"The files of the first one", "strongroom bag show digitised/b12345678@v1 --files"},
                      {"The whole description", "strongroom bag show digitised/b12345678 --json | jq ."}};
  command.argument("SPACE/IDENTIFIER[@vN]", options->bag, "the bag");
  command.option("--version", "vN", options->version, "that version, where @vN would belong to the identifier");
  command.flag("--files", options->files, "list the files instead");
  command.flag("--json", options->json, "print the service's document and nothing else").excludes({"--files"});
  add_service_options(command, options->service);
  command.run = [options](const Surroundings& surroundings) { return bag_show(*options, surroundings); };
  group.commands.push_back(std::move(command));
  group.commands.push_back(bag_versions_command());
  group.commands.push_back(bag_get_command());
  group.commands.push_back(bag_restore_command());
  group.commands.push_back(bag_validate_command());
  group.commands.push_back(bag_create_command());
  return group;
}

}  // namespace strongroom::cli

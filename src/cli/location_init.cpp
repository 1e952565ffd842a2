#include "cli/location_init.hpp"

#include <filesystem>
#include <memory>

#include "adapters/objects/filesystem/root.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"

namespace strongroom::cli {
namespace {

struct LocationInitOptions {
  std::string path;
  std::string label;
  std::string prefix;  ///< empty, or ending in a slash
  bool json = false;
};

Exit location_init(const LocationInitOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  if (options.label.empty() || !is_utf8(options.label) || has_control_characters(options.label)) {
    return complain(console, Exit::usage, "--label must be a text on one line");
  }
  if (!options.prefix.empty() && options.prefix.back() != '/') {
    return complain(console, Exit::usage, "--prefix must end in a slash");
  }
  std::error_code trouble;
  std::filesystem::create_directories(options.path + "/" + options.prefix, trouble);
  if (trouble) return complain(console, Exit::usage, options.path + ": cannot be made: " + trouble.message());
  const Result<std::string> uuid =
      filesystem::init_location(options.path, options.prefix, options.label, surroundings.entropy);
  if (!uuid) return complain(console, Exit::usage, uuid.error());
  if (options.json) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().member("uuid", *uuid).member("label", options.label).member("path", options.path);
    json.member("prefix", options.prefix).end_object();
    console.out(text + "\n");
    return Exit::success;
  }
  console.out("location " + options.label + " at " + options.path + ": " + uuid.value() + "\n");
  return Exit::success;
}

}  // namespace

Command location_init_command() {
  const auto options = std::make_shared<LocationInitOptions>();
  Command command("init", "make a directory a storage location");
  command.description =
      "Writes the marker that proves a location to be itself, so that an unmounted disk is never taken for an empty "
      "location. Done once for each [[locations]] of a configuration, before it is served for the first time. The "
      "directory is made when it is not there; one that is a location already is refused.";
  command.examples = {{"Prepare a disk", "strongroom location init /mnt/vault --label \"the vault\""}};
  command.argument("PATH", options->path, "directory").completed_by(Completes::directory);
  command.option("--label", "LABEL", options->label, "its name in events and reports").require();
  command.option("--prefix", "PREFIX", options->prefix, "key prefix inside the directory, ending in a slash");
  command.flag("--json", options->json, "print JSON");
  command.run = [options](const Surroundings& surroundings) { return location_init(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

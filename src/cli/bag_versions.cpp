#include "cli/bag_versions.hpp"

#include <memory>

#include "base/text.hpp"
#include "cli/api_session.hpp"
#include "cli/bag_path.hpp"
#include "cli/json_list.hpp"
#include "cli/readable.hpp"
#include "cli/table.hpp"

namespace strongroom::cli {
namespace {

struct BagVersionsOptions {
  std::string bag;
  bool json = false;
  ServiceOptions service;
};

/// Page after page: each next one lies below the last version shown.
Result<void> read_pages(ApiSession& session, const std::string& path,
                        const std::function<void(const JsonTree& page)>& take) {
  std::string query = "?limit=1000";
  while (true) {
    TRY(const std::string text, session.request("GET", path + query));
    const std::optional<JsonTree> page = JsonTree::parse(text);
    if (!page || page->list("results").empty()) return broken("the service's answer is not a list of versions");
    take(*page);
    if (!page->has("next")) return ok();
    query = "?limit=1000&before=" + percent_encode(page->list("results").back().text("version"), "");
  }
}

Exit bag_versions(const BagVersionsOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  Result<Credentials> credentials = find_credentials(options.service, console);
  if (!credentials) return complain(console, Exit::usage, credentials.error());
  const Result<std::string> path = bag_path(options.bag);
  if (!path) return complain(console, Exit::usage, path.error());
  ApiSession session(std::move(credentials).value());
  JsonList json(console);
  Table table({"VERSION", "STORED", ""});
  const Result<void> read = read_pages(session, *path + "/versions", [&](const JsonTree& page) {
    if (options.json) json.begin(page.text("@context"));
    for (const JsonTree& version : page.list("results")) {
      if (options.json) {
        json.add(version.json());
        continue;
      }
      table.add({{one_line(version.text("version")), ""},
                 {shown_instant(version.text("createdDate"), console.out_is_terminal()), ""},
                 {version.is_true("latest") ? "latest" : "", ""}});
    }
  });
  if (!read) return complain(console, Exit::unavailable, read.error());
  if (options.json) {
    json.end();
    return Exit::success;
  }
  console.out(console.out_is_terminal() ? table.aligned(Paint::for_out(surroundings)) : table.plain());
  return Exit::success;
}

}  // namespace

Command bag_versions_command() {
  const auto options = std::make_shared<BagVersionsOptions>();
  Command command("versions", "list the stored versions of a bag");
  command.description =
      "Lists every stored version of a bag, newest first: its number, when it was stored, and which one is the latest. "
      "Where standard output is no terminal there are tabs between the columns.";
  command.examples = {
      {"All versions", "strongroom bag versions digitised/b12345678"},
      {"The number of the latest", "strongroom bag versions digitised/b12345678 | head -n 1 | cut -f 1"}};
  command.argument("SPACE/IDENTIFIER", options->bag, "the bag");
  command.flag("--json", options->json, "print the list as JSON and nothing else");
  add_service_options(command, options->service);
  command.run = [options](const Surroundings& surroundings) { return bag_versions(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

#include "cli/bag_restore.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "base/text.hpp"
#include "cli/api_session.hpp"
#include "cli/json_tree.hpp"
#include "cli/readable.hpp"
#include "cli/stored_bag_name.hpp"

namespace strongroom::cli {
namespace {

struct BagRestoreOptions {
  std::string bag;
  std::optional<std::string> version;
  std::optional<std::string> location;
  bool wait = false;
  bool json = false;
  ServiceOptions service;
};

/// Providers take from minutes to two days; the pauses grow.
constexpr Duration kFirstPause = std::chrono::seconds(1);
constexpr Duration kLongestPause = std::chrono::seconds(30);

bool has_come(const JsonTree& restore) { return restore.text("state") == "ready" || restore.text("state") == "ended"; }

std::string sentence_of(const JsonTree& restore) {
  const std::string what = one_line(restore.text("version")) + " in " + one_line(restore.text("locationLabel")) + ": ";
  const std::string state = restore.text("state");
  if (state == "ready") return what + "all files can be read until " + readable_instant(restore.text("expires"));
  if (state == "ended") return what + "its time is over, ask for it again";
  std::string text = what + std::to_string(restore.number("filesReady").value_or(0)) + " of " +
                     counted(restore.number("filesTotal").value_or(0), "file") + " can be read";
  if (restore.has("readyBy")) text += ", all by " + readable_instant(restore.text("readyBy"));
  if (restore.has("detail")) text += " (" + one_line(restore.text("detail")) + ")";
  return text;
}

/// Asks again until all can be read, telling of each change; the last document.
Result<JsonTree> wait_for(ApiSession& session, JsonTree restore, Clock& clock,
                          const std::function<void(const JsonTree& restore)>& tell) {
  const std::string path = "/restores/" + percent_encode(restore.text("id"), "");
  std::string told;
  Duration pause = kFirstPause;
  while (!has_come(restore)) {
    if (std::exchange(told, sentence_of(restore)) != sentence_of(restore)) tell(restore);
    clock.wait_until(clock.since_boot() + pause, {});
    pause = std::min(pause * 2, kLongestPause);
    TRY(const std::string text, session.request_patiently("GET", path, clock));
    auto document = JsonTree::parse(text);
    if (!document) return broken("the service's answer is not a restore");
    restore = std::move(*document);
  }
  return restore;
}

Exit bag_restore(const BagRestoreOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  Result<Credentials> credentials = find_credentials(options.service, console);
  if (!credentials) return complain(console, Exit::usage, credentials.error());
  const Result<StoredBagName> name = parse_stored_bag(options.bag, options.version);
  if (!name) return complain(console, Exit::usage, name.error());
  std::string path = name->resource("/restore");
  if (options.location) {
    path += (path.find('?') == std::string::npos ? "?" : "&") + ("location=" + percent_encode(*options.location, ""));
  }
  ApiSession session(std::move(credentials).value());
  const Result<std::string> answer = session.request("POST", path);
  if (!answer) return complain(console, Exit::unavailable, answer.error());
  std::optional<JsonTree> restore = JsonTree::parse(*answer);
  if (!restore) return complain(console, Exit::unavailable, broken("the service's answer is not a restore"));
  const auto tell = [&](const JsonTree& now) {
    if (!options.json) console.out(one_line(options.bag) + " " + sentence_of(now) + "\n");
  };
  if (options.wait) {
    Result<JsonTree> last = wait_for(session, std::move(*restore), surroundings.clock, tell);
    if (!last) return complain(console, Exit::unavailable, last.error());
    restore = std::move(*last);
  }
  tell(*restore);
  if (options.json) console.out(restore->json() + "\n");
  return Exit::success;
}

}  // namespace

Command bag_restore_command() {
  const auto options = std::make_shared<BagRestoreOptions>();
  Command command("restore", "make a version readable where it is in an archive tier");
  command.description =
      "Has a location that keeps a version in an archive tier, such as S3 Glacier or the archive tier of Azure, make "
      "all of its files readable for some days (locations.restoreDays). Providers take from minutes to two days and "
      "charge for it; what can be read from another location needs none. The same command again tells how far it has "
      "come. The client needs the scope operator.";
  command.examples = {{"The latest version", "strongroom bag restore digitised/b12345678"},
                      {"A version, in a location; back when all can be read",
                       "strongroom bag restore digitised/b12345678@v2 --location cold --wait"}};
  command.argument("SPACE/IDENTIFIER[@vN]", options->bag, "the bag");
  command.option("--version", "vN", options->version, "that version, where @vN would belong to the identifier");
  command.option("--location", "LOCATION", options->location, "there; else the first that has it in an archive tier");
  command.flag("--wait", options->wait, "wait until all files can be read");
  command.flag("--json", options->json, "print the service's document and nothing else");
  add_service_options(command, options->service);
  command.run = [options](const Surroundings& surroundings) { return bag_restore(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

#include "cli/transfers_check.hpp"

#include <algorithm>
#include <memory>

#include "base/json_text.hpp"
#include "cli/companion_command.hpp"
#include "cli/paint.hpp"
#include "cli/self_check.hpp"

namespace strongroom::cli {
namespace {

using transfers::CheckItem;
using transfers::CheckStatus;

struct CheckOptions {
  ConfigArguments where;
  bool write_probe = false;
  bool json = false;
};

/// A line for the item, and another one for what is to be done.
std::string text_of(const CheckItem& item, const Paint& paint) {
  constexpr std::size_t kColumn = 9;
  const std::string word(name_of(item.status));
  const char* const tone = item.status == CheckStatus::ok        ? "succeeded"
                           : item.status == CheckStatus::missing ? "failed"
                                                                 : "processing";
  std::string text = paint.status(tone, word) + std::string(kColumn - word.size(), ' ') + std::to_string(item.number) +
                     " " + item.what + ": " + item.found + "\n";
  if (!item.advice.empty()) text += std::string(kColumn, ' ') + "  " + item.advice + "\n";
  return text;
}

std::string json_of(const std::vector<CheckItem>& items) {
  const auto count = [&](CheckStatus status) {
    return static_cast<std::uint64_t>(std::ranges::count(items, status, &CheckItem::status));
  };
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().member("missing", count(CheckStatus::missing));
  writer.member("warnings", count(CheckStatus::warning)).key("items").begin_array();
  for (const CheckItem& item : items) {
    writer.begin_object().member("number", item.number).member("what", item.what);
    writer.member("status", name_of(item.status)).member("found", item.found);
    if (!item.advice.empty()) writer.member("advice", item.advice);
    writer.end_object();
  }
  writer.end_array().end_object();
  return json + "\n";
}

Exit check(const CheckOptions& options, const Surroundings& surroundings) {
  const auto command = CompanionCommand::open(options.where, surroundings, Ends::by_itself);
  const auto companions = command ? command->companions() : nullptr;
  if (!companions) return Exit::usage;
  host::Console& console = surroundings.console;
  DataCatalogue& data = command->data();
  const auto items = check_companions({*companions, data.log(), data.sinks()}, options.write_probe);
  if (options.json) {
    console.out(json_of(items));
  } else {
    const Paint paint = Paint::for_out(surroundings);
    for (const CheckItem& item : items) console.out(text_of(item, paint));
  }
  return std::ranges::any_of(items, transfers::is_missing) ? Exit::failed : Exit::success;
}

}  // namespace

Command transfers_check_command() {
  const auto options = std::make_shared<CheckOptions>();
  Command command("check", "check that packages can go their way");
  command.description =
      "Looks at everything that packages need on their way: the configuration and its secrets, the catalogue, the "
      "transfer areas, Archivematica's dashboard and Storage Service with their locations and processing "
      "configurations, the addresses that are told, and the clock. A line each, and what to do about what is MISSING. "
      "Nothing is posted; nothing is written into an area but with --write-probe. The service does the same as it "
      "starts.";
  command.examples = {{"After a change", "strongroom transfers check --config /etc/strongroom.toml"},
                      {"Before the first package, writing too",
                       "strongroom transfers check --config /etc/strongroom.toml --write-probe"}};
  command.exits = {{Exit::failed, "something is missing"}};
  command.flag("--write-probe", options->write_probe, "write, tag and remove a small object in each area");
  command.flag("--json", options->json, "print one JSON document and nothing else");
  add_data_options(command, options->where);
  command.run = [options](const Surroundings& surroundings) { return check(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

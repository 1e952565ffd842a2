#include "cli/transfers_watch.hpp"

#include <memory>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/companion_command.hpp"
#include "cli/package_watch.hpp"
#include "cli/readable.hpp"
#include "cli/self_check.hpp"

namespace strongroom::cli {
namespace {

struct WatchOptions {
  ConfigArguments where;
  bool once = false;
  bool json = false;
  std::string area;
  std::optional<ListenAddress> metrics;
};

/// What still waits for another attempt.
Result<std::size_t> count_delayed(Transfers& transfers, const std::string& area) {
  constexpr std::size_t kPage = 500;
  TransferFilter filter;
  filter.delayed = true;
  if (!area.empty()) filter.area = area;
  std::size_t count = 0;
  std::optional<TransferPlace> place;
  do {
    TRY(const TransferPage page, transfers.find_transfers(filter, place, kPage));
    count += page.transfers.size();
    place = page.next;
  } while (place);
  return count;
}

Exit watch_once(PackageWatch& watch, Transfers& transfers, const WatchOptions& options, const std::stop_token& stop,
                host::Console& console) {
  const Result<void> worked = watch.work_once(stop);
  const auto delayed = count_delayed(transfers, options.area);
  if (!delayed) return complain(console, Exit::later, delayed.error());
  if (options.json) {
    std::string json;
    JsonWriter(json).begin_object().member("delayed", *delayed).end_object();
    console.out(json + "\n");
  }
  if (!worked) return complain(console, Exit::later, worked.error());
  if (*delayed == 0) return Exit::success;
  return complain(console, Exit::later,
                  counted(*delayed, "package") +
                      " delayed: `strongroom transfers list --delayed` shows which, and run this again later");
}

Exit watch_packages(const WatchOptions& options, const Surroundings& surroundings) {
  const auto command = CompanionCommand::open(options.where, surroundings, Ends::when_asked);
  const auto companions = command ? command->companions() : nullptr;
  if (!companions) return Exit::usage;
  host::Console& console = surroundings.console;
  if (!options.area.empty() && companions->area(options.area) == nullptr) {
    return complain(console, Exit::usage,
                    "no transfer area of the configuration has the name " + one_line(options.area));
  }
  DataCatalogue& data = command->data();
  PackageWatch watch(*companions, options.area);
  if (!command->tell_metrics(options.metrics)) return Exit::usage;
  if (options.once) return watch_once(watch, data.transfers(), options, command->stop(), console);
  host::Crew crew;
  watch.join(crew);
  crew.add([&](const std::stop_token& over) { check_at_start({*companions, data.log(), data.sinks(), over}); });
  command->journal().write(LogLevel::info, "watching", {{"areas", std::to_string(companions->areas().size())}});
  surroundings.clock.wait_until(Duration::max(), command->stop());
  return Exit::success;
}

}  // namespace

Command transfers_watch_command() {
  const auto options = std::make_shared<WatchOptions>();
  Command command("watch", "carry packages through Archivematica");
  command.description =
      "Notices packages that archivists put into transfer areas, by the queues of their buckets and by looking, checks "
      "them, writes a log beside each, hands them to Archivematica and follows them until a bag holds them. Runs until "
      "SIGTERM or SIGINT; `serve` does the same itself with services = [\"watch\"]. It works on the catalogue of the "
      "data directory, beside a running service; several may run at once.";
  command.examples = {
      {"Beside the service", "strongroom transfers watch --config /etc/strongroom.toml"},
      {"With metrics of its own", "strongroom transfers watch --config /etc/strongroom.toml --metrics 127.0.0.1:9091"},
      {"What there is to do now", "strongroom transfers watch --config /etc/strongroom.toml --once"}};
  command.exits = {{Exit::later, "a package is delayed, or an area could not be read; run it again"}};
  command.flag("--once", options->once, "do what can be done without waiting, and end");
  command.option("--area", "AREA", options->area, "only packages of this transfer area");
  command.flag("--json", options->json, "with --once: print what is delayed as JSON and nothing else");
  command.parameters.push_back(metrics_option(options->metrics));
  add_data_options(command, options->where);
  command.run = [options](const Surroundings& surroundings) { return watch_packages(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

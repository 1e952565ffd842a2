#include "cli/transfers_monitor.hpp"

#include <memory>

#include "adapters/host/crew.hpp"
#include "adapters/host/worker_lock.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/companion_command.hpp"
#include "cli/json_tree.hpp"
#include "cli/monitor_service.hpp"
#include "cli/readable.hpp"
#include "cli/self_check.hpp"
#include "cli/storage.hpp"
#include "events/mets_indexing.hpp"

namespace strongroom::cli {
namespace {

using transfers::Fate;
using transfers::MonitorRun;
using transfers::Removal;
using transfers::RunEnd;

struct MonitorOptions {
  ConfigArguments where;
  bool once = false;
  bool dry_run = false;
  bool json = false;
  std::optional<ListenAddress> metrics;
};

// ---- what it works with

/// METS files noted by the command itself, for no service may be running.
class OwnMetsIndexing {
 public:
  /// Not possible while a location that holds descriptions cannot be opened.
  static Result<std::unique_ptr<OwnMetsIndexing>> open(CompanionCommand& command) {
    const Config& config = command.config();
    DataCatalogue& data = command.data();
    const Surroundings& surroundings = command.surroundings();
    std::unique_ptr<OwnMetsIndexing> opened(new OwnMetsIndexing());
    TRY(opened->records_, open_records(config, data.catalogue(), surroundings.entropy));
    for (const LocationSetting& setting : config.locations) {
      TRY(auto location, open_one_location(setting, data.catalogue(), command.providers(), surroundings.entropy));
      opened->stores_.push_back(&location->store());
      opened->locations_.push_back(std::move(location));
    }
    opened->needs_ = std::make_unique<events::MetsIndexingNeeds>(
        events::MetsIndexingNeeds{data.log(),
                                  data.sinks(),
                                  data.transfers(),
                                  {data.catalogue(), *opened->records_, opened->stores_, command.journal()},
                                  surroundings.clock});
    opened->indexing_ = std::make_unique<events::MetsIndexing>(*opened->needs_, command.stop());
    return opened;
  }
  Result<bool> index_some() { return indexing_->index_some(); }

 private:
  OwnMetsIndexing() = default;

  std::unique_ptr<filesystem::FilesystemLocation> records_;
  std::vector<std::unique_ptr<OpenedLocation>> locations_;
  std::vector<ObjectStore*> stores_;
  std::unique_ptr<events::MetsIndexingNeeds> needs_;
  std::unique_ptr<events::MetsIndexing> indexing_;
};

/// The monitor, and what it works with besides what every companion does.
struct OpenedMonitor {
  std::unique_ptr<host::WorkerLock> lock{};
  std::unique_ptr<Companions> companions{};
  std::vector<LocationFacts> locations{};
  std::unique_ptr<OwnMetsIndexing> indexing{};
  std::unique_ptr<transfers::ReportOutput> output{};
  std::unique_ptr<MonitorService> monitor{};
};

Result<std::unique_ptr<OpenedMonitor>> open_monitor(CompanionCommand& command, const MonitorOptions& options) {
  const Config& config = command.config();
  const Surroundings& surroundings = command.surroundings();
  auto opened = std::make_unique<OpenedMonitor>();
  TRY(opened->lock, host::WorkerLock::take(config.data, surroundings.entropy));
  Catalogue& catalogue = command.data().catalogue();
  TRY(opened->companions, Companions::make(config, command.needs()));
  TRY(opened->locations, known_locations(config, catalogue));
  const bool is_shown = options.json && config.transfers.monitor.sink == ReportSink::console;
  if (options.dry_run || is_shown) {
    opened->output = make_no_output();
  } else {
    TRY(opened->output, make_report_output(config, opened->companions->report_webhook(), &surroundings.console));
  }
  MonitorServiceNeeds needs{
      *opened->companions, catalogue, command.data().damage(), opened->locations, *opened->lock, opened->lock->owner(),
      *opened->output,     {}};
  if (!options.dry_run) {
    auto indexing = OwnMetsIndexing::open(command);
    if (indexing) {
      opened->indexing = std::move(*indexing);
      needs.index_mets = [own = opened->indexing.get()] { return own->index_some(); };
    } else {
      // What a running service notes is known all the same.
      command.journal().write(LogLevel::warning, "mets_files_not_noted", {{"error", indexing.error().text()}});
    }
  }
  TRY(opened->monitor, MonitorService::make(needs));
  return opened;
}

// ---- what it says

std::string json_of(const MonitorRun& run, bool dry_run) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().member("dryRun", dry_run);
  if (run.report) {
    writer.key("report").begin_object().member("id", run.report->id);
    writer.member("began", format_instant(run.report->began)).member("days", run.report->days);
    writer.member("accepted", !dry_run && run.end == RunEnd::done);
    if (!run.refusal.empty()) writer.member("refusal", run.refusal);
    writer.key("packages").begin_array();
    for (const transfers::ReportEntry& entry : run.report->entries) write_entry(writer, entry);
    writer.end_array().member("firstMessage", static_cast<std::uint64_t>(run.from)).key("messages").begin_array();
    for (const std::string& message : run.report->messages) writer.raw(message);
    writer.end_array().end_object();
  }
  writer.key("deletions").begin_array();
  for (const Removal& removal : run.removals) {
    writer.begin_object().member("transfer", removal.transfer).member("area", removal.area);
    writer.member("key", removal.key);
    if (removal.version_id) writer.member("versionId", *removal.version_id);
    writer.member("kind", removal.kind).member("outcome", name_of(removal.fate));
    if (!removal.note.empty()) writer.member("note", removal.note);
    writer.end_object();
  }
  writer.end_array().key("areasNotSwept").begin_array();
  for (const std::string& area : run.not_swept) writer.text(area);
  writer.end_array().end_object();
  return json + "\n";
}

/// A message as its readers see it.
std::string shown_message(const std::string& message) {
  std::string text;
  const std::optional<JsonTree> tree = JsonTree::parse(message);
  if (!tree) return message + "\n";
  for (const JsonTree& block : tree->list("blocks")) text += block.at("text").text("text") + "\n";
  return text;
}

std::string shown_removals(const MonitorRun& run) {
  std::string text;
  for (const Removal& removal : run.removals) {
    text += std::string(name_of(removal.fate)) + "\t" + one_line(removal.area) + "\t" + one_line(removal.key) + "\t" +
            removal.kind + (removal.note.empty() ? "" : "\t" + one_line(removal.note)) + "\n";
  }
  return text;
}

Exit tell_rehearsal(const MonitorRun& run, bool json, host::Console& console) {
  if (json) {
    console.out(json_of(run, true));
    return Exit::success;
  }
  for (std::size_t i = run.from; i < run.report->messages.size(); ++i) {
    console.out(shown_message(run.report->messages[i]) + "\n");
  }
  console.out(shown_removals(run));
  return Exit::success;
}

Exit tell_run(const MonitorRun& run, bool json, host::Console& console) {
  if (json) console.out(json_of(run, false));
  if (run.end == RunEnd::not_accepted) {
    return complain(console, Exit::failed,
                    "the report was not accepted: " + run.refusal +
                        "; nothing was removed, and the next run goes on with what is left of it");
  }
  if (run.end == RunEnd::busy) {
    return complain(console, Exit::later, "another run of the monitor is under way, or has ended within minutes");
  }
  if (run.end == RunEnd::stopped) return complain(console, Exit::later, "stopped; the next run goes on");
  const std::size_t failed = run.count(Fate::failed);
  const std::size_t held = run.count(Fate::held);
  if (!json) console.out(shown_removals(run));
  if (failed > 0) {
    return complain(console, Exit::failed,
                    counted(failed, "object") + " could not be removed: the next run tries again");
  }
  if (held > 0) {
    return complain(console, Exit::later, counted(held, "object") + " not to be removed yet: the next run looks again");
  }
  if (run.not_swept.empty()) return Exit::success;
  return complain(console, Exit::later, "not every area answered: what is new there was not reported");
}

Exit monitor(const MonitorOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const auto command = CompanionCommand::open(options.where, surroundings, Ends::when_asked);
  if (!command) return Exit::usage;
  if (!command->tell_metrics(options.metrics)) return Exit::usage;
  const auto opened = open_monitor(*command, options);
  if (!opened) return complain(console, Exit::usage, opened.error());
  MonitorService& service = *(*opened)->monitor;
  if (!options.once && !options.dry_run) {
    host::Crew crew;
    DataCatalogue& data = command->data();
    crew.add(
        [&](const std::stop_token& over) { check_at_start({*(*opened)->companions, data.log(), data.sinks(), over}); });
    service.run(command->stop());
    return Exit::success;
  }
  const auto run = options.dry_run ? service.rehearse() : service.run_once(command->stop());
  if (!run) return complain(console, Exit::later, run.error());
  return options.dry_run ? tell_rehearsal(*run, options.json, console) : tell_run(*run, options.json, console);
}

}  // namespace

Command transfers_monitor_command() {
  const auto options = std::make_shared<MonitorOptions>();
  Command command("monitor", "report on packages, and remove what is safely stored");
  command.description =
      "Tells at each slot of monitor.schedule, always in UTC, where monitor.sink says, what became of packages: not "
      "stored, rejected, delayed, in progress, stored. Once the whole report was accepted, packages of which every "
      "required location holds a verified copy are removed from their transfer areas, with their success logs and "
      "notices. Runs until SIGTERM or SIGINT; `serve` does the same itself with services = [\"monitor\"]. Several may "
      "run: the catalogue sees to it that one report is made at a time.";
  command.examples = {
      {"Beside the service", "strongroom transfers monitor --config /etc/strongroom.toml"},
      {"One report now", "strongroom transfers monitor --config /etc/strongroom.toml --once"},
      {"What it would tell and remove", "strongroom transfers monitor --data /srv/strongroom --dry-run"}};
  command.exits = {{Exit::failed, "the report was not accepted, or something could not be removed"},
                   {Exit::later, "another run is under way, or something could not be done yet; run it again"}};
  command.flag("--once", options->once, "make one report now, whatever the schedule, and end");
  command.flag("--dry-run", options->dry_run, "print what would be told and removed; nothing is changed");
  command.flag("--json", options->json,
               "with --once and --dry-run: print report and removals as one JSON document and nothing else");
  command.parameters.push_back(metrics_option(options->metrics));
  add_data_options(command, options->where);
  command.run = [options](const Surroundings& surroundings) { return monitor(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

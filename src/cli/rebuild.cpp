#include "cli/rebuild.hpp"

#include <algorithm>
#include <memory>

#include "adapters/host/worker_lock.hpp"
#include "adapters/objects/filesystem/working_storage.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "care/rebuild.hpp"
#include "cli/config_options.hpp"
#include "cli/data_catalogue.hpp"
#include "cli/progress_line.hpp"
#include "cli/readable.hpp"
#include "cli/storage.hpp"

namespace strongroom::cli {
namespace {

struct RebuildOptions {
  ConfigArguments where;
  std::string from;
  bool json = false;
};

/// Where sorting spills to: always the same area, so that one which was left behind is found and removed.
constexpr const char* kScratch = "00000000-0000-4000-8000-000000000000";

/// Tells as it goes: a line for what was not registered, and a progress line for the rest.
class Teller final : public care::RebuildWatcher {
 public:
  Teller(const Surroundings& surroundings, bool json)
      : surroundings_(surroundings), json_(json), line_(surroundings.console) {}

  void restored(const layout::VersionKey& version, std::uint64_t files) override {
    versions_ += 1;
    const std::string name = version.bag.str() + " " + version.version.str();
    if (json_) return print("restored", version, files, {}, 0);
    line_.show("restored " + counted(versions_, "version") + ": " + one_line(name), Amount{}, now());
  }
  void unregistered(const care::Unregistered& what) override {
    if (json_) return print("unregistered", what.version, 0, what.faults, what.fault_count);
    line_.clear();
    std::string text = "not registered: " + what.version.bag.str() + " " + what.version.version.str() + "\n";
    for (const std::string& fault : what.faults) text += "  " + one_line(fault) + "\n";
    if (what.fault_count > what.faults.size()) {
      text += "  and " + std::to_string(what.fault_count - what.faults.size()) + " more\n";
    }
    surroundings_.console.out(text);
  }
  void odd_key(const std::string& key) override {
    line_.clear();
    surroundings_.console.err("strongroom: not a description: " + one_line(key) + "\n");
  }
  void end() { line_.clear(); }

 private:
  [[nodiscard]] Duration now() const { return surroundings_.clock.since_boot(); }

  void print(std::string_view outcome, const layout::VersionKey& version, std::uint64_t files,
             const std::vector<std::string>& faults, std::uint64_t count) {
    std::string text;
    JsonWriter writer(text);
    writer.begin_object().member("outcome", outcome).member("bag", version.bag.str());
    writer.member("version", version.version.str());
    if (faults.empty()) {
      writer.member("files", files);
    } else {
      writer.member("faultCount", count).key("faults").begin_array();
      for (const std::string& fault : faults) writer.text(fault);
      writer.end_array();
    }
    writer.end_object();
    surroundings_.console.out(text + "\n");
  }

  const Surroundings& surroundings_;
  const bool json_;
  ProgressLine line_;
  std::uint64_t versions_ = 0;
};

Result<care::Rebuilt> run_rebuild(const Config& config, const LocationSetting& from, const Surroundings& surroundings,
                                  Teller& teller) {
  TRY_VOID(make_directories(config));
  TRY(const auto lock, host::WorkerLock::take(config.data, surroundings.entropy));
  if (host::WorkerLock::others_live(config.data, *lock)) {
    return rejected("a service is running on this data directory: stop it first", config.data);
  }
  TRY(const auto data, DataCatalogue::open(config, surroundings.clock, true));
  Providers providers(surroundings.clock, surroundings.entropy, surroundings.environment());
  TRY(const auto location, open_one_location(from, data->catalogue(), providers, surroundings.entropy));
  TRY(const auto records, open_records(config, data->catalogue(), surroundings.entropy));
  TRY(const auto working,
      filesystem::FilesystemWorkingStorage::open_root(config.working_directory(), lock->owner().boot));
  const IngestId scratch = *IngestId::parse(kScratch);
  TRY_VOID(working->remove(scratch, Fence{1}));
  TRY(auto area, working->open(scratch, Fence{1}, std::nullopt));
  const auto versions = config.version_index ? providers.version_index(*config.version_index) : nullptr;
  LocationFacts facts = from.facts;
  facts.uuid = location->uuid();
  auto rebuilt = care::rebuild({location->store(), std::move(facts), *records, data->restoration(), *area,
                                surroundings.clock, surroundings.entropy, versions.get()},
                               teller);
  area.reset();
  TRY_VOID(working->remove(scratch, Fence{1}));
  if (!rebuilt || rebuilt->context_url.empty()) return rebuilt;
  // What stored descriptions refer to stays what it was (CORRECTNESS 1.2).
  constexpr std::string_view kEnd = "/context.json";
  const std::string& url = rebuilt->context_url;
  TRY([[maybe_unused]] const std::string context, data->catalogue().remember("context.url", url));
  if (url.ends_with(kEnd)) {
    const std::string terms = url.substr(0, url.size() - kEnd.size()) + "/ontology.ttl#";
    TRY([[maybe_unused]] const std::string kept, data->catalogue().remember("json-ld.namespace", terms));
  }
  return rebuilt;
}

std::string summary(const care::Rebuilt& rebuilt, bool json) {
  std::string text;
  if (json) {
    JsonWriter writer(text);
    writer.begin_object().member("outcome", "done").member("versions", rebuilt.versions);
    writer.member("files", rebuilt.files).member("bytes", rebuilt.bytes);
    writer.member("unregistered", rebuilt.unregistered).end_object();
    return text + "\n";
  }
  text = "restored " + counted(rebuilt.versions, "version") + " with " + counted(rebuilt.files, "file") + ", " +
         readable_size(rebuilt.bytes) + "\n";
  if (rebuilt.unregistered > 0) {
    text += "not registered: " + counted(rebuilt.unregistered, "version") +
            "; nothing of them was touched, and their numbers are taken\n";
  }
  return text;
}

Exit rebuild(const RebuildOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const std::optional<Config> config = config_or_complain(options.where, console);
  if (!config) return Exit::usage;
  const LocationSetting* from = find_location(*config, options.from);
  if (from == nullptr) return complain(console, Exit::usage, no_such_location(*config, "--from", options.from));
  Teller teller(surroundings, options.json);
  const Result<care::Rebuilt> rebuilt = run_rebuild(*config, *from, surroundings, teller);
  teller.end();
  if (!rebuilt) return complain(console, Exit::usage, rebuilt.error());
  console.out(summary(*rebuilt, options.json));
  return rebuilt->unregistered == 0 ? Exit::success : Exit::failed;
}

constexpr const char* kDescription =
    "Puts the catalogue together again from the descriptions that one location holds, when the catalogue is lost: "
    "every "
    "version of every bag with its dates and files, and the ingests that brought them. The service must not run, and "
    "the data directory must hold no catalogue, or one without ingests; whoever had a client adds it again.\n\n"
    "Each description is held against the manifests, the tag files and the list of files of its own version. One that "
    "does not agree, and a version directory without a description, is told and not registered; nothing in the "
    "location "
    "is touched. Its number is taken all the same, so that nothing can be stored in its place. Where a description is "
    "damaged, another location may hold a good one.\n\n"
    "A rebuild that was cut off is begun again with the same command.";

}  // namespace

Command rebuild_command() {
  const auto options = std::make_shared<RebuildOptions>();
  Command command("rebuild", "put a lost catalogue together again from a location");
  command.description = kDescription;
  command.examples = {{"From the copy that is left", "strongroom rebuild --data /srv/strongroom --from replica-1"}};
  command.exits = {{Exit::success, "everything in the location is registered"},
                   {Exit::failed, "the catalogue is rebuilt, but something in the location is not registered"}};
  command.option("--from", "LOCATION", options->from, "name of the location to read").require();
  command.flag("--json", options->json, "print JSON Lines: one object for each version, and one at the end");
  add_data_options(command, options->where);
  command.run = [options](const Surroundings& surroundings) { return rebuild(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

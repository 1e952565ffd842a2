#include "cli/storage.hpp"

#include <filesystem>
#include <map>

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;
using filesystem::FilesystemLocation;

Result<void> make_directory(const std::string& path) {
  std::error_code trouble;
  if (fs::is_directory(path, trouble)) return ok();
  fs::create_directories(path, trouble);
  if (trouble) return broken("The directory cannot be made: " + trouble.message(), path);
  // What is kept here is nobody else's on this machine.
  fs::permissions(path, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec, trouble);
  return ok();
}

/// Where a store is, and under which name the catalogue knows who it is.
struct Wanted {
  std::string fact;
  std::string path;
  std::string prefix;
  std::string label;
  bool may_be_made = false;
};

Result<std::unique_ptr<FilesystemLocation>> open_known(const Wanted& wanted, Catalogue& catalogue, Entropy& entropy) {
  TRY(const std::optional<std::string> known, catalogue.recall(wanted.fact));
  if (!known && wanted.may_be_made) {
    const Result<filesystem::Marker> marker = filesystem::read_marker(wanted.path, wanted.prefix);
    if (!marker && marker.error().reason == Reason::not_found) {
      TRY_VOID(filesystem::init_location(wanted.path, wanted.prefix, wanted.label, entropy));
    }
  }
  auto opened = FilesystemLocation::open_location({wanted.path, wanted.prefix, known.value_or(""), std::nullopt});
  if (!opened) {
    Error error = opened.error();
    error.what = "The location \"" + wanted.label + "\" in " + wanted.path + ": " + error.what;
    if (error.reason == Reason::not_found && !known) {
      error.what += "; `strongroom location init` makes a directory a location";
    }
    return error;
  }
  TRY(const std::string kept, catalogue.remember(wanted.fact, opened.value()->uuid()));
  if (kept != opened.value()->uuid()) return broken("The location is not the one it was", wanted.path);
  return std::move(opened).value();
}

/// Under which name the catalogue knows who a location is.
std::string fact_of(const LocationSetting& setting) { return "location." + setting.facts.name.str() + ".uuid"; }

Wanted wanted_location(const LocationSetting& setting, bool may_be_made) {
  const LocationFacts& facts = setting.facts;
  return {fact_of(setting), setting.path, facts.prefix, facts.label, may_be_made};
}

/// Time or the provider mends it: neither is another location there, nor none.
bool is_unreachable(const Error& error) {
  return error.act == Act::temporary && error.reason != Reason::conflict && error.reason != Reason::not_found;
}

/// The same of a location at a provider, which is made one by the operator alone. One that is known and cannot be
/// reached now keeps nobody from reading what others hold; whoever is not told by a `log` wants to know.
Result<std::unique_ptr<OpenedLocation>> open_remote(const LocationSetting& setting, Catalogue& catalogue,
                                                    Providers& providers, Log* log) {
  const std::string fact = fact_of(setting);
  TRY(const std::optional<std::string> known, catalogue.recall(fact));
  auto opened = remote::Location::open(providers.store(setting), known.value_or(""));
  if (!opened && known && log != nullptr && is_unreachable(opened.error())) {
    log->write(LogLevel::error, "location_unreachable",
               {{"location", setting.facts.name.str()}, {"url", setting.facts.url}, {"error", opened.error().text()}});
    return std::make_unique<OpenedLocation>(remote::Location::expect(providers.store(setting), *known));
  }
  if (!opened) {
    Error error = opened.error();
    error.what = "The location \"" + setting.facts.label + "\" in " + setting.facts.url + ": " + error.what;
    if (error.reason == Reason::not_found && !known) {
      error.what += "; `strongroom location init --location " + setting.facts.name.str() + "` makes it a location";
    }
    return error;
  }
  TRY(const std::string kept, catalogue.remember(fact, opened.value()->uuid()));
  if (kept != opened.value()->uuid()) return broken("The location is not the one it was", setting.facts.url);
  return std::make_unique<OpenedLocation>(std::move(opened).value());
}

Result<std::unique_ptr<OpenedLocation>> open_any(const LocationSetting& setting, bool may_be_made, Catalogue& catalogue,
                                                 Providers& providers, Entropy& entropy, Log* log = nullptr) {
  if (!setting.is_directory()) return open_remote(setting, catalogue, providers, log);
  TRY(auto directory, open_known(wanted_location(setting, may_be_made), catalogue, entropy));
  return std::make_unique<OpenedLocation>(std::move(directory));
}

void warn_of_shared_devices(Storage& storage, Log& log) {
  std::map<dev_t, std::string> first;
  for (std::size_t i = 0; i < storage.locations.size(); ++i) {
    const filesystem::FilesystemLocation* directory = storage.locations[i]->directory();
    if (directory == nullptr) continue;
    const std::string name = storage.places[i].facts.name.str();
    const auto [known, is_new] = first.emplace(directory->device(), name);
    if (is_new) continue;
    log.write(LogLevel::warning, "locations_share_a_device", {{"location", name}, {"other", known->second}});
  }
}

/// One that cannot be reached now keeps nobody from reading.
Result<std::unique_ptr<VersionIndex>> open_version_index(const VersionIndexSetting& setting, Providers& providers,
                                                         Log& log) {
  auto index = providers.version_index(setting);
  const Result<void> checked = index->check();
  if (checked) return index;
  if (checked.error().act != Act::temporary || checked.error().reason == Reason::not_found) {
    Error error = checked.error();
    error.what = "The version index: " + error.what;
    return error;
  }
  log.write(LogLevel::error, "version_index_unreachable",
            {{"table", setting.table}, {"error", checked.error().text()}});
  return index;
}

}  // namespace

Result<void> make_directories(const Config& config) {
  std::vector<std::string> paths = {config.data, config.records_directory(), config.working_directory()};
  for (const LocationSetting& location : config.locations) {
    if (config.embedded_locations) paths.push_back(location.path);
  }
  for (const AreaSetting& area : config.areas) {
    if (area.path.starts_with(config.data + "/")) paths.push_back(area.path);
  }
  for (const std::string& path : paths) TRY_VOID(make_directory(path));
  return ok();
}

Result<std::unique_ptr<OpenedLocation>> open_one_location(const LocationSetting& setting, Catalogue& catalogue,
                                                          Providers& providers, Entropy& entropy) {
  return open_any(setting, false, catalogue, providers, entropy);
}

Result<std::unique_ptr<FilesystemLocation>> open_records(const Config& config, Catalogue& catalogue, Entropy& entropy) {
  return open_known({"records.uuid", config.records_directory(), "", "records", true}, catalogue, entropy);
}

Result<std::vector<LocationFacts>> known_locations(const Config& config, Catalogue& catalogue) {
  std::vector<LocationFacts> locations;
  for (const LocationSetting& setting : config.locations) {
    TRY(const auto uuid, catalogue.recall(fact_of(setting)));
    locations.push_back(setting.facts);
    locations.back().uuid = uuid.value_or("");
  }
  return locations;
}

Result<std::unique_ptr<Storage>> open_storage(const Config& config, const StorageNeeds& needs,
                                              const std::string& boot_id) {
  auto storage = std::make_unique<Storage>();
  storage->providers = std::make_unique<Providers>(needs.clock, needs.entropy, needs.environment, &needs.workers);
  for (const LocationSetting& setting : config.locations) {
    TRY(auto location,
        open_any(setting, config.embedded_locations, needs.catalogue, *storage->providers, needs.entropy, &needs.log));
    const std::string name = setting.facts.name.str();
    storage->stores.push_back(std::make_unique<wrappers::MeteredStore>(location->store(), name, needs.metrics));
    storage->depositories.push_back(
        std::make_unique<wrappers::MeteredDepository>(location->depository(), name, needs.metrics));
    storage->places.push_back({setting.facts, *storage->stores.back(), *storage->depositories.back()});
    storage->places.back().facts.uuid = location->uuid();
    needs.log.write(LogLevel::info, "location_opened",
                    {{"location", name}, {"uuid", location->uuid()}, {"url", setting.facts.url}});
    storage->locations.push_back(std::move(location));
  }
  warn_of_shared_devices(*storage, needs.log);
  TRY(storage->records, open_records(config, needs.catalogue, needs.entropy));
  TRY(storage->working, filesystem::FilesystemWorkingStorage::open_root(config.working_directory(), boot_id));
  std::map<std::string, std::string> areas;
  for (const AreaSetting& area : config.areas) areas.emplace(area.name.str(), area.path);
  storage->areas = std::make_unique<filesystem::UploadAreas>(std::move(areas));
  storage->sources = std::make_unique<AllSources>(*storage->areas);
  for (const SourceSetting& source : config.sources) {
    storage->sources->add(source.provider, source.bucket, storage->providers->source(source));
  }
  if (config.version_index) {
    TRY(storage->versions, open_version_index(*config.version_index, *storage->providers, needs.log));
  }
  storage->gauge = std::make_unique<filesystem::FilesystemGauge>(config.data);
  return storage;
}

}  // namespace strongroom::cli

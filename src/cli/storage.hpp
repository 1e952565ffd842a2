// The places of a service: locations, records, working storage, upload areas, sources, opened and proven to be
// themselves.
//
// Part of the wiring. A location's uuid is kept in the catalogue from its first start on; another or none under the
// same name refuses the start (CORRECTNESS 1.9). Used by the thread that starts the service.
#pragma once

#include <memory>
#include <vector>

#include "adapters/objects/filesystem/disk_gauge.hpp"
#include "adapters/objects/filesystem/location.hpp"
#include "adapters/objects/filesystem/sources.hpp"
#include "adapters/objects/filesystem/working_storage.hpp"
#include "adapters/objects/remote/location.hpp"
#include "adapters/objects/wrappers/metered.hpp"
#include "cli/config.hpp"
#include "cli/providers.hpp"
#include "ingest/rooms.hpp"
#include "ports/catalogue.hpp"
#include "ports/log.hpp"

namespace strongroom::cli {

/// A location, wherever it lies.
class OpenedLocation {
 public:
  explicit OpenedLocation(std::unique_ptr<filesystem::FilesystemLocation> directory)
      : directory_(std::move(directory)) {}
  explicit OpenedLocation(std::unique_ptr<remote::Location> remote) : remote_(std::move(remote)) {}

  [[nodiscard]] const std::string& uuid() const { return directory_ ? directory_->uuid() : remote_->uuid(); }
  [[nodiscard]] ObjectStore& store() { return directory_ ? static_cast<ObjectStore&>(*directory_) : remote_->store(); }
  [[nodiscard]] Depository& depository() {
    return directory_ ? static_cast<Depository&>(*directory_) : remote_->depository();
  }
  /// Null when it lies at a provider.
  [[nodiscard]] filesystem::FilesystemLocation* directory() { return directory_.get(); }

 private:
  std::unique_ptr<filesystem::FilesystemLocation> directory_;
  std::unique_ptr<remote::Location> remote_;
};

/// All of it stays where it is as long as the service runs.
struct Storage {
  std::unique_ptr<Providers> providers;
  std::vector<std::unique_ptr<OpenedLocation>> locations;
  std::vector<std::unique_ptr<wrappers::MeteredStore>> stores;
  std::vector<std::unique_ptr<wrappers::MeteredDepository>> depositories;
  std::vector<ingest::Place> places;  ///< the same, counted, with their facts, in configured order
  std::unique_ptr<filesystem::FilesystemLocation> records;
  std::unique_ptr<filesystem::FilesystemWorkingStorage> working;
  std::unique_ptr<filesystem::UploadAreas> areas;
  std::unique_ptr<AllSources> sources;  ///< what packages are read from, `areas` among it
  std::unique_ptr<filesystem::FilesystemGauge> gauge;
  std::unique_ptr<VersionIndex> versions;  ///< beside the catalogue; null without one
};

/// Makes the data directory and, for an embedded service, what lies in it.
[[nodiscard]] Result<void> make_directories(const Config& config);

/// One location alone, and the records store, proven to be those the catalogue knows; what it does not know yet is
/// remembered.
[[nodiscard]] Result<std::unique_ptr<OpenedLocation>> open_one_location(const LocationSetting& setting,
                                                                        Catalogue& catalogue, Providers& providers,
                                                                        Entropy& entropy);
[[nodiscard]] Result<std::unique_ptr<filesystem::FilesystemLocation>> open_records(const Config& config,
                                                                                   Catalogue& catalogue,
                                                                                   Entropy& entropy);

/// The locations of the configuration with the uuids by which the catalogue knows them; none for one it does not know.
[[nodiscard]] Result<std::vector<LocationFacts>> known_locations(const Config& config, Catalogue& catalogue);

/// What opening needs of others; all of it outlives the storage.
struct StorageNeeds {
  Catalogue& catalogue;
  Clock& clock;
  Entropy& entropy;
  cloud::Environment environment;
  Log& log;
  Metrics& metrics;
  Workers& workers;
};

/// Opens everything; an embedded location without a marker gets one when the catalogue does not know it yet.
[[nodiscard]] Result<std::unique_ptr<Storage>> open_storage(const Config& config, const StorageNeeds& needs,
                                                            const std::string& boot_id);

}  // namespace strongroom::cli

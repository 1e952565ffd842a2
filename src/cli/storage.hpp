// The directories of a service: locations, records, working storage, upload areas, opened and proven to be themselves.
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
#include "adapters/objects/wrappers/metered.hpp"
#include "cli/config.hpp"
#include "ingest/rooms.hpp"
#include "ports/catalogue.hpp"
#include "ports/log.hpp"

namespace strongroom::cli {

/// All of it stays where it is as long as the service runs.
struct Storage {
  std::vector<std::unique_ptr<filesystem::FilesystemLocation>> locations;
  std::vector<std::unique_ptr<wrappers::MeteredStore>> stores;
  std::vector<std::unique_ptr<wrappers::MeteredDepository>> depositories;
  std::vector<ingest::Place> places;  ///< the same, counted, with their facts, in configured order
  std::unique_ptr<filesystem::FilesystemLocation> records;
  std::unique_ptr<filesystem::FilesystemWorkingStorage> working;
  std::unique_ptr<filesystem::UploadAreas> areas;
  std::unique_ptr<filesystem::FilesystemGauge> gauge;
};

/// Makes the data directory and, for an embedded service, what lies in it.
[[nodiscard]] Result<void> make_directories(const Config& config);

/// One location alone, and the records store, proven to be those the catalogue knows; what it does not know yet is
/// remembered.
[[nodiscard]] Result<std::unique_ptr<filesystem::FilesystemLocation>> open_one_location(const LocationSetting& setting,
                                                                                        Catalogue& catalogue,
                                                                                        Entropy& entropy);
[[nodiscard]] Result<std::unique_ptr<filesystem::FilesystemLocation>> open_records(const Config& config,
                                                                                   Catalogue& catalogue,
                                                                                   Entropy& entropy);

/// Opens everything; an embedded location without a marker gets one when the catalogue does not know it yet.
[[nodiscard]] Result<std::unique_ptr<Storage>> open_storage(const Config& config, Catalogue& catalogue,
                                                            Entropy& entropy, Log& log, Metrics& metrics,
                                                            const std::string& boot_id);

}  // namespace strongroom::cli

// The front desk: what the API asks of the catalogue besides the journey of a bag: lists, reports, figures, and the
// ledger of uploads.
//
// Kept by the adapter that keeps the catalogue, in the same database. All calls may come from any thread; each is
// atomic. Errors as the catalogue's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ports/catalogue.hpp"

namespace strongroom {

/// Where a page of a list ended: the next one begins below it.
struct ListPlace {
  Instant created;
  IngestId ingest;
};

/// Which ingests a list has (http-api.md 4.5). Absent members let everything through.
struct IngestFilter {
  std::vector<Status> statuses{};  ///< any of these; all when empty
  std::optional<std::string> space{};
  std::optional<std::string> external_identifier{};
  std::optional<Instant> created_from{};    ///< at or after
  std::optional<Instant> created_before{};  ///< strictly before
  std::optional<std::vector<std::string>> allowed_spaces{};
};

/// A step of one of the ingest's runs.
struct RunStep {
  int run = 1;
  StepRecord step;
};

/// An upload that came in over HTTP.
struct UploadEntry {
  std::string area;
  std::string path;
};

/// Figures of the whole catalogue at one moment.
struct Tally {
  std::array<std::uint64_t, 4> ingests{};  ///< by Status
  std::uint64_t retrying = 0;              ///< failed ones that run again
  std::optional<Instant> oldest_unfinished;
  std::uint64_t left_over_versions = 0;
  std::uint64_t pending_deliveries = 0;
  std::int64_t last_sequence = 0;  ///< of outgoing events
};

/// An unfinished ingest in which nothing has happened for long.
struct StuckIngest {
  IngestId ingest;
  BagId bag;
  Instant since;  ///< its last event, or its creation
};

/// A registered version as lists show it.
struct ListedVersion {
  Version version;
  Instant created;  ///< when it was registered
};

struct VersionPage {
  std::vector<ListedVersion> versions;  ///< newest first
  std::optional<Version> latest;        ///< of the whole bag; nothing when no version of it is registered
};

class FrontDesk {
 public:
  virtual ~FrontDesk() = default;

  /// Up to `limit` ingests, newest first by (createdDate, id), below `after` when given.
  virtual Result<std::vector<Ingest>> list_ingests(const IngestFilter& filter, std::optional<ListPlace> after,
                                                   std::size_t limit) = 0;
  /// Up to `limit` registered versions of a bag, newest first, below `before` when given.
  virtual Result<VersionPage> list_versions(const BagId& bag, std::optional<Version> before, std::size_t limit) = 0;
  /// Steps of all runs, in the order in which they began.
  virtual Result<std::vector<RunStep>> run_steps_of(const IngestId& id) = 0;
  /// Numbers that failed runs of the ingest left over.
  virtual Result<std::vector<Version>> left_over_of(const IngestId& id) = 0;

  virtual Result<Tally> tally() = 0;
  /// Unfinished ingests without an event since `before`, longest first, up to `limit`.
  virtual Result<std::vector<StuckIngest>> stuck_since(Instant before, std::size_t limit) = 0;

  /// Idempotency keys that were bound before `instant` are free again; the number of them.
  virtual Result<std::uint64_t> forget_keys(Instant instant) = 0;

  /// An upload that was made durable: only these may be removed again (CORRECTNESS 5.1).
  virtual Result<void> enter_upload(const UploadEntry& upload, Instant now) = 0;
  /// Uploads of an area whose ingests have all ended, one of them as succeeded, and none later than `before`; up to
  /// `limit`.
  virtual Result<std::vector<UploadEntry>> spent_uploads(const std::string& area, Instant before,
                                                         std::size_t limit) = 0;
  /// The upload is gone.
  virtual Result<void> strike_upload(const UploadEntry& upload) = 0;
};

}  // namespace strongroom

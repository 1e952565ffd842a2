// The ingest: the record of one request to store a package, and the pure rules by which it changes.
//
// domain-rules.md 3: statuses only move down the table of 3.1; every change is one of the updates below, atomic, and a
// refused one changes nothing. Plain values; no clock: instants are passed in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "domain/identifiers.hpp"
#include "domain/location.hpp"

namespace strongroom {

enum class IngestType : std::uint8_t { create, update };
[[nodiscard]] std::string_view name_of(IngestType type);
[[nodiscard]] std::optional<IngestType> parse_ingest_type(std::string_view name);

enum class Status : std::uint8_t { accepted, processing, succeeded, failed };
[[nodiscard]] std::string_view name_of(Status status);
[[nodiscard]] std::optional<Status> parse_status(std::string_view name);

enum class CallbackStatus : std::uint8_t { processing, succeeded, failed };
[[nodiscard]] std::string_view name_of(CallbackStatus status);
[[nodiscard]] std::optional<CallbackStatus> parse_callback_status(std::string_view name);

struct Callback {
  std::string url;  ///< as given
  CallbackStatus status = CallbackStatus::processing;
  friend bool operator==(const Callback&, const Callback&) = default;
};

struct IngestEvent {
  Instant created;
  std::string description;  ///< one line, at most 250 characters
  friend bool operator==(const IngestEvent&, const IngestEvent&) = default;
};

/// What a depositor asked for: fixed for ever.
struct IngestRequest {
  IngestType type = IngestType::create;
  BagId bag;
  SourceLocation source;
  std::optional<std::string> callback_url;
  std::optional<Version> expected_version;  ///< `bag.version` of an update
  ClientId client;
};

struct Ingest {
  IngestId id;
  IngestRequest request;
  Instant created;
  RequestId request_id;  ///< of the request that started the current run (domain-rules.md 3.3)
  int run = 1;           ///< the first run is 1, each retry one more
  Status status = Status::accepted;
  bool retrying = false;
  std::optional<Version> version;
  std::optional<Callback> callback;
  std::optional<Instant> last_modified;     ///< date of the last event
  std::vector<std::string> location_uuids;  ///< fixed when the version is assigned (CORRECTNESS 1.10)
  /// Rises with every saved change; settle refuses a change of an older one.
  std::int64_t revision = 0;

  /// It has a place in the queue (domain-rules.md 3.2, last point).
  [[nodiscard]] bool has_work() const { return status == Status::accepted || status == Status::processing || retrying; }
};

/// As it is accepted: revision 1, nothing has happened yet.
[[nodiscard]] Ingest new_ingest(const IngestId& id, IngestRequest request, Instant created,
                                const RequestId& request_id);

/// True when the table of domain-rules.md 3.1 lets `from` become `to`; the same to the same is always let.
[[nodiscard]] bool may_become(Status from, Status to);

/// An ingest on its way to its next revision: collects updates, each refused or applied whole, and the events they
/// append. One thread.
class IngestChange {
 public:
  explicit IngestChange(Ingest before) : ingest_(std::move(before)) {}

  [[nodiscard]] const Ingest& ingest() const { return ingest_; }
  [[nodiscard]] const std::vector<IngestEvent>& events() const { return events_; }

  /// Appends an event dated max(now, previous event); an accepted ingest becomes processing. The text is made one line
  /// and cut to 250 characters.
  void add_event(std::string_view text, Instant now);
  /// Same to same is a no-op. Reason::conflict when the table refuses it.
  Result<void> set_status(Status to);
  /// Unset: set. Equal: no-op. Different: Reason::conflict.
  Result<void> set_version(Version version);
  void clear_version() { ingest_.version.reset(); }
  /// Only from processing, or same to same; refused without a callback.
  Result<void> set_callback_status(CallbackStatus to);
  /// A new run of a failed ingest (domain-rules.md 3.3): `retrying`, run number and request id, the callback processing
  /// again, event `Retry requested`; its locations are to be fixed anew when a version is assigned, also when that is a
  /// number it holds already. Reason::conflict when it is not failed or a retry is running.
  Result<void> begin_retry(RequestId request_id, Instant now);
  /// The run is over: no longer retrying.
  void end_run() { ingest_.retrying = false; }
  void fix_locations(std::vector<std::string> uuids) { ingest_.location_uuids = std::move(uuids); }

 private:
  Ingest ingest_;
  std::vector<IngestEvent> events_;
};

/// createdDate of a bag's next ingest: max(now, latest + 1 µs) (CORRECTNESS 2.5).
[[nodiscard]] Instant next_created(Instant now, std::optional<Instant> latest_of_bag);

}  // namespace strongroom

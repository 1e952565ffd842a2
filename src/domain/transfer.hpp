// A transfer: one package of an archivist on its way through Archivematica into a bag, as the catalogue keeps it
// (transfers.md 2).
//
// A package is one version of one object in a transfer area; a new upload under the same key is another package. Plain
// values and pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "domain/identifiers.hpp"
#include "domain/transfer_finding.hpp"

namespace strongroom {

enum class TransferState : std::uint8_t {
  received,    ///< noticed, nothing read yet
  checking,    ///< being read and checked
  rejected,    ///< the archivist has to correct the package
  submitting,  ///< checks passed; look-ups and the POST are under way or waiting
  accepted,    ///< Archivematica gave a transfer id; it may still be copying the package
  processing,  ///< Archivematica has reported a status: copying is over
  stored,      ///< a bag version that contains this transfer is registered
  failed,      ///< with a reason
};
[[nodiscard]] std::string_view name_of(TransferState state);
[[nodiscard]] std::optional<TransferState> parse_transfer_state(std::string_view name);
/// Rejected, stored and failed: nothing happens on its own any more, but that a failed one may turn out to be stored.
[[nodiscard]] bool is_final(TransferState state);

/// Why a package failed (transfers.md 2.2).
namespace transfer_reason {
inline constexpr std::string_view kGaveUp = "gave-up";
inline constexpr std::string_view kNoLocation = "no-location";
inline constexpr std::string_view kRefused = "archivematica-refused";
inline constexpr std::string_view kUncertain = "outcome-uncertain";
inline constexpr std::string_view kArchivematicaFailed = "archivematica-failed";
inline constexpr std::string_view kArchivematicaRejected = "archivematica-rejected";
inline constexpr std::string_view kNotRegistered = "not-registered";
inline constexpr std::string_view kReplaced = "replaced";
inline constexpr std::string_view kVanished = "vanished";
inline constexpr std::string_view kInternal = "internal";
}  // namespace transfer_reason

/// How a package was noticed; with the area's bucket these are the members of the idempotency key (transfers.md 10.4).
struct TransferEvent {
  std::string name;  ///< `ObjectCreated:Put`, or `Observed`
  std::string time;  ///< verbatim; part of the names of logs
  std::string sequencer;
  std::optional<std::string> version_id{};
  std::string etag{};  ///< of the object that was announced, without quotes; empty when not told
  std::string source;  ///< `http`, `sqs`, `sweep`, `directory`, `start-test`
  friend bool operator==(const TransferEvent&, const TransferEvent&) = default;
};

/// One version of an object in a transfer area, as its store knows it.
struct AreaObject {
  std::string key;
  std::optional<std::string> version_id{};  ///< of a store that keeps versions
  std::string etag;                         ///< without quotes
  std::uint64_t size = 0;
  Instant modified;
  friend bool operator==(const AreaObject&, const AreaObject&) = default;
};

/// One upload, as far as a store can tell: the same key and the same version id or, unless both are known, the same
/// ETag and second of change, because listings are dated more exactly than other answers.
[[nodiscard]] bool is_same_object(const AreaObject& a, const AreaObject& b);

/// Why a package waits (transfers.md 2.3). Not a state but a note on one.
struct TransferDelay {
  Instant since;
  std::string cause;              ///< in plain words, without addresses, users and keys
  bool operator_problem = false;  ///< does not use up the time for which transient problems are retried
  int attempts = 1;
  Instant next_attempt;
  Instant retried_since;  ///< of the time for which transient problems are retried
  friend bool operator==(const TransferDelay&, const TransferDelay&) = default;
};

/// A feedback log, from the moment its text is fixed (transfers.md 5).
struct TransferLog {
  std::string result;  ///< `received`, `delayed`, `failed`, `success`
  std::string key;     ///< in the area
  std::string text;
  bool written = false;
  bool removed = false;
  std::string about{};                      ///< of `delayed`: the cause it tells of
  std::optional<std::string> version_id{};  ///< of the written object, as far as the store told
  std::string etag{};
  std::optional<std::uint64_t> size{};
  std::optional<Instant> modified{};
  friend bool operator==(const TransferLog&, const TransferLog&) = default;
};

/// What is known of it at Archivematica.
struct TransferAtArchivematica {
  std::string transfer_id;
  std::string sip_id{};
  std::string processing_config{};
  std::string status{};  ///< as Archivematica has it: `PROCESSING`, `USER_INPUT` …
  std::string microservice{};
  std::optional<Instant> status_since{};  ///< of that status
  std::optional<Instant> checked{};
  friend bool operator==(const TransferAtArchivematica&, const TransferAtArchivematica&) = default;
};

/// The POST, composed once for one idempotency key and replayed byte for byte (transfers.md 10.3).
struct TransferSubmission {
  std::string body;
  std::string processing_config;
  bool may_have_arrived = false;        ///< some attempt can have reached Archivematica
  std::optional<Instant> first_sent{};  ///< while packages below its key may be copied, nothing is removed there
  int conflicts_only = 0;               ///< attempts in a row that were answered 409
  friend bool operator==(const TransferSubmission&, const TransferSubmission&) = default;
};

/// The lower-case copy of a package whose extension Archivematica does not know (transfers.md 10.6).
struct TransferTwin {
  std::string key;
  std::optional<AreaObject> object{};  ///< once it has been copied
  friend bool operator==(const TransferTwin&, const TransferTwin&) = default;
};

/// The bag version that a stored package has become.
struct TransferBag {
  std::string space;
  std::string external_identifier;
  std::string version;
  std::string note{};  ///< that it is another one than expected
  friend bool operator==(const TransferBag&, const TransferBag&) = default;
};

struct TransferRemark {
  std::string description;
  Instant created;
  friend bool operator==(const TransferRemark&, const TransferRemark&) = default;
};

struct TransferDismissal {
  std::string by;
  Instant date;
  std::string reason;
  friend bool operator==(const TransferDismissal&, const TransferDismissal&) = default;
};

struct TransferReason {
  std::string code;  ///< one of transfer_reason
  std::string description;
  friend bool operator==(const TransferReason&, const TransferReason&) = default;
};

struct Transfer {
  std::string id;      ///< UUID
  std::string area;    ///< its name
  std::string bucket;  ///< of the area; its name for a directory
  std::string key;
  TransferEvent event;
  std::string idempotency_key;  ///< lower-case hex
  int resubmission = 0;         ///< how often a new submission was ordered
  Instant created;
  Instant modified;

  TransferState state = TransferState::received;
  bool held = false;                  ///< waits for an operator
  std::optional<AreaObject> bound{};  ///< once it has been looked at
  std::string flavour{};              ///< `catalogued`, `accession`; empty outside of all prefixes
  std::string expected_space{};
  std::optional<TransferDelay> delay{};
  std::optional<TransferReason> reason{};
  std::string catalogue_identifier{};
  std::string accession_number{};
  std::vector<TransferFinding> findings{};
  std::optional<TransferSubmission> submission{};
  std::optional<TransferTwin> twin{};
  std::optional<TransferAtArchivematica> archivematica{};
  bool tagged = false;       ///< the tags of acceptance are on the package, or never will be
  bool object_lost = false;  ///< it had been replaced or removed by the time its tags were to be set
  std::optional<Instant> accepted{};
  std::vector<std::string> alerted{};  ///< what operators were told of it once
  std::optional<TransferBag> bag{};
  std::vector<TransferLog> logs{};
  std::vector<TransferRemark> remarks{};
  std::optional<TransferDismissal> dismissed{};
  bool resolved = false;         ///< without anyone's help (transfers.md 2.5)
  bool reported_stored = false;  ///< in a report that was accepted
  bool reported_gone = false;    ///< as removed before it was stored, or as vanished
  bool cleaned_up = false;       ///< the monitor has removed what it may
  std::optional<Instant> due{};  ///< when it is to be worked on next; nothing when never on its own

  friend bool operator==(const Transfer&, const Transfer&) = default;

  /// `stored v3`, or the state's name.
  [[nodiscard]] std::string label() const;
  /// The key under which Archivematica copies it: its own, or its twin's.
  [[nodiscard]] const std::string& submitted_key() const;
  /// To be shown to those who ask what is still open: neither dismissed nor resolved, and not stored.
  [[nodiscard]] bool is_unresolved() const;
};

/// The name of an event that a sweep, a poll or the directory itself noticed, not a notification.
inline constexpr std::string_view kObservedEvent = "Observed";

/// Whether `object`, as its store shows it, is what `kept` is about: the object it is bound to, or as long as it is not
/// bound the one that its event told of, or its twin (transfers.md 2.1, 3.5). A notification that told neither version
/// id nor ETag takes what has its key.
[[nodiscard]] bool is_about(const Transfer& kept, const AreaObject& object);
/// Whether `arrived` is the package that is kept already, noticed in another way: by a notification and by a sweep, or
/// as the twin. Two notifications that differ are two packages. A notification of an object that a sweep has recorded
/// is told by version id, else by ETag, and was sent before the sweep, or for a twin, as it was copied.
[[nodiscard]] bool is_same_package(const Transfer& kept, const Transfer& arrived);
/// Of area, event name, key, sequencer and version id, as lower-case hex: equal for two deliveries of one event.
[[nodiscard]] std::string event_identity(const Transfer& transfer);

/// Everything, as the catalogue keeps it; read again by parse_transfer().
[[nodiscard]] std::string write_transfer(const Transfer& transfer);
/// Reason::corrupt for anything else.
[[nodiscard]] Result<Transfer> parse_transfer(std::string_view json);

}  // namespace strongroom

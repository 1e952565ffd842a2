// The catalogue: queue, ingests, versions, deliveries and events in one database. The corridor between the rooms.
//
// A worker claims a bag (or a delivery), looks, works, and settles: one settle is one transaction, refused when the
// fence is not the current one. A settle is a value, never a callback (CORRECTNESS 3.1). All calls may come from any
// thread; each is atomic. Errors: temporary for contention and full disks, broken for a damaged database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "base/instant.hpp"
#include "domain/audit.hpp"
#include "domain/identifiers.hpp"
#include "domain/ingest.hpp"
#include "domain/steps.hpp"
#include "domain/version_row.hpp"

namespace strongroom {

// ---- the queue ------------------------------------------------------------------------------------------------------

/// The right to work on one bag, for as long as the fence is the current one (pipeline.md 2.1).
struct Lease {
  BagId bag;
  OwnerId owner;
  Fence fence;
  friend bool operator==(const Lease&, const Lease&) = default;
};

/// A claimed bag and the ingest whose turn it is: the bag's unfinished one with the earliest createdDate.
struct Claim {
  Lease lease;
  IngestId ingest;
  /// What walks from this fence on have left in working storage and staging may be taken over: since then every owner
  /// is proven dead or handed its leases back, all on this boot. A walk may die before it has taken anything over
  /// itself, so this may lie several fences back; lease.fence at most.
  std::optional<Fence> adopt;
  /// The last owner was lost (dead, or its lease ran out) while it held the bag: to be counted before any work.
  bool owner_lost = false;
};

/// Everything the route needs to know about the ingest in hand.
struct RunView {
  Ingest ingest;
  std::vector<StepRecord> steps;     ///< of the current run
  std::vector<VersionRow> versions;  ///< of the bag: latest registered, highest number, and all of this ingest
  std::uint64_t event_count = 0;
};

// ---- settle: a bounded list of writes -------------------------------------------------------------------------------

/// The ingest in its next revision with the events that came with it. Conditional on the stored revision being
/// ingest.revision; stored as revision + 1; one `ingest-update` outgoing event of that revision.
struct SaveIngest {
  Ingest ingest;
  std::vector<IngestEvent> events;
  std::string outgoing_id;  ///< UUID of the outgoing event
};
/// Inserts or replaces the record of a step of the current run.
struct SaveStep {
  StepRecord step;
};
/// Removes a step record, so that the step begins afresh.
struct DropStep {
  StepKey key;
};
/// Inserts or replaces a version number's row. A registered row is never changed: Reason::conflict unless equal.
struct SaveVersion {
  VersionRow row;
};
/// Releases a number: the row is removed; Reason::conflict when registered or a final write was attempted.
struct ReleaseVersion {
  Version version;
};
/// Appends an outgoing event of kind `registered-bag`, or another with a body of its own.
struct AppendOutgoing {
  std::string id;  ///< UUID
  std::string kind;
  std::string space;
  std::string body;  ///< JSON
};
/// Queues the delivery of a callback.
struct QueueDelivery {
  std::string id;  ///< UUID
  std::string url;
};

/// Appends to the audit log.
struct RecordDeed {
  Deed deed;
};

using Write = std::variant<SaveIngest, SaveStep, DropStep, SaveVersion, ReleaseVersion, AppendOutgoing, QueueDelivery,
                           RecordDeed>;

/// What becomes of the lease with the settle.
enum class Afterwards : std::uint8_t {
  keep,     ///< the walker goes on
  park,     ///< back-off: the lease stays with the owner, claimable by it from `due` on
  release,  ///< nothing left to do for now, or a planned stop: anybody may claim
};

struct Settle {
  Lease lease;
  IngestId ingest;
  int run = 1;
  Instant now;  ///< dates outgoing events
  std::vector<Write> writes;
  Afterwards afterwards = Afterwards::keep;
  std::optional<Duration> due;  ///< since_boot, when parked
};

// ---- deliveries -----------------------------------------------------------------------------------------------------

/// A callback on its way (pipeline.md 11). One per ended run.
struct Delivery {
  std::string id;
  IngestId ingest;
  int run = 1;
  std::string url;
  std::string body;  ///< fixed at the first attempt; empty before
  int attempt = 1;   ///< of this claim, counted before the work
  int losses = 0;    ///< attempts whose worker was lost
};

struct DeliveryClaim {
  Delivery delivery;
  OwnerId owner;
  Fence fence;
};

struct DeliveryAttempt {
  int attempt = 1;
  Instant created;
  bool succeeded = false;
  std::optional<int> http_status;
  std::string detail;
  std::string delivery{};  ///< its id, as delivery_attempts() tells it
};

/// Ends an attempt: tried again at `due` (since_boot), or ended with the ingest's change (SaveIngest). Refused with
/// stale_lease like a settle; conflict when the ingest changed since: look again.
struct DeliverySettle {
  DeliveryClaim claim;
  Instant now;
  std::optional<DeliveryAttempt> attempt;
  std::optional<Duration> due;  ///< next attempt; the delivery has ended when absent
  std::optional<SaveIngest> ended;
};

// ---- the front door -------------------------------------------------------------------------------------------------

/// What binds requests that are meant to be one (http-api.md 4.3). Scoped to the client of the request.
struct IdempotencyKey {
  std::string key;
  std::string request_sha256;  ///< hex, of what the request asks for: equal for equal JSON values
};

struct NewIngest {
  IngestId id;
  IngestRequest request;
  RequestId request_id;
  Instant now;
  std::string outgoing_id;  ///< UUID of its first `ingest-update`
  std::optional<IdempotencyKey> key{};
  std::optional<Deed> deed{};  ///< recorded in the same transaction
};

/// A failed ingest's next run: the change that IngestChange::begin_retry() made of it, and the record of who asked.
struct Reopening {
  SaveIngest save;
  Instant now;
  std::optional<Deed> deed{};
};

struct Accepted {
  Ingest ingest;          ///< as it was when it was accepted
  bool replayed = false;  ///< the key was bound to this ingest before: nothing was stored
};

/// An outgoing event as the log holds it.
struct OutgoingEvent {
  std::int64_t sequence = 0;
  std::string id;
  Instant time;
  std::string kind;
  std::string space;
  std::string body;                ///< JSON; empty for `ingest-update`, which is rendered on read
  std::optional<IngestId> ingest;  ///< of an `ingest-update`
  std::int64_t revision = 0;
  bool reindex = false;  ///< repeats an earlier registration on request
};

/// How long leases last (`lease.heartbeat`, `lease.expiry`). All leases of an owner run out together: `expiry` after
/// its last claim or renewal, whichever came later.
struct LeaseTimes {
  Duration heartbeat = std::chrono::seconds(10);
  Duration expiry = std::chrono::seconds(60);
};

/// What those who work from the catalogue wait for.
enum class News : std::uint8_t {
  bags,        ///< a bag may be claimed
  deliveries,  ///< a callback was queued
  events,      ///< an outgoing event was appended, or a subscription set going
  reindexes,   ///< a reindex was asked for
  transfers,   ///< a package was added, or may be claimed again
};
inline constexpr std::size_t kNewsKinds = 5;

class Catalogue {
 public:
  virtual ~Catalogue() = default;

  /// Stores a new ingest, its place in the queue and its first outgoing event in one transaction. createdDate by
  /// next_created(). A key that is bound to an equal request gives that request's ingest again; Reason::conflict
  /// (rejected) when it is bound to another one.
  virtual Result<Accepted> accept(const NewIngest& ingest) = 0;
  /// Puts a failed ingest back into the queue, in its old place. Reason::conflict when it changed since it was read.
  virtual Result<void> reopen(const Reopening& reopening) = 0;

  /// The next bag that has work and nobody else holds: own parked ones that are due, free ones, expired ones, and those
  /// of owners proven dead; the earliest createdDate first. Gives it a new fence, but for an own parked one.
  /// `hand` is the thread of the owner that asks: a bag that this hand holds already, because the answer of a claim was
  /// lost or its walk was left, is given again before any other, with the same fence.
  virtual Result<std::optional<Claim>> claim(const OwnerId& owner, std::optional<int> hand = std::nullopt) = 0;
  /// Reason::stale_lease when the fence is not the current one.
  virtual Result<RunView> look(const Lease& lease, const IngestId& ingest) = 0;
  virtual Result<void> settle(const Settle& settle) = 0;
  /// Records how far a step has come, and its high-water mark. Refused like a settle. Not an event.
  virtual Result<void> report_progress(const Lease& lease, const IngestId& ingest, int run, const StepKey& step,
                                       const Progress& progress) = 0;
  /// Renews all leases of an owner.
  virtual Result<void> renew(const OwnerId& owner) = 0;
  /// Gives back all leases of an owner: a planned stop, nobody is counted as lost.
  virtual Result<void> hand_back(const OwnerId& owner) = 0;
  /// So often there may have been news of that kind; to be read before looking for what is new.
  virtual std::uint64_t news(News kind) = 0;
  /// Returns when there may have been news since `seen` was read, at since_boot `until`, or when a stop is asked for;
  /// now and then in vain. News of bags and of deliveries is for one of those who wait.
  virtual void wait_for_news(News kind, std::uint64_t seen, Duration until, std::stop_token stop) = 0;

  /// The delivery that is due and was queued first. What this hand holds already is given again, as one attempt.
  virtual Result<std::optional<DeliveryClaim>> claim_delivery(const OwnerId& owner,
                                                              std::optional<int> hand = std::nullopt) = 0;
  virtual Result<void> fix_delivery_body(const DeliveryClaim& claim, const std::string& body) = 0;
  virtual Result<void> settle_delivery(const DeliverySettle& settle) = 0;
  virtual Result<std::vector<DeliveryAttempt>> delivery_attempts(const IngestId& ingest) = 0;

  virtual Result<std::optional<Ingest>> find_ingest(const IngestId& id) = 0;
  virtual Result<std::vector<IngestEvent>> events_of(const IngestId& id) = 0;
  /// Of the current run.
  virtual Result<std::vector<StepRecord>> steps_of(const IngestId& id) = 0;
  /// The registered row of `version`, or of the highest registered one.
  virtual Result<std::optional<VersionRow>> find_registered(const BagId& bag, std::optional<Version> version) = 0;
  /// The rows that choosing the bag's next version looks at, at this moment and without a lease: the latest registered
  /// one and the highest number, ascending. A look, no promise.
  virtual Result<std::vector<VersionRow>> versions_now(const BagId& bag) = 0;
  virtual Result<std::vector<OutgoingEvent>> outgoing_after(std::int64_t sequence, std::size_t limit) = 0;
  /// Ingests that have work and need a location which is not in `uuids` (CORRECTNESS 1.10).
  virtual Result<std::vector<Ingest>> unfinished_needing_others(const std::vector<std::string>& uuids) = 0;

  /// Small durable facts of the installation: location uuids, the JSON-LD namespace. remember() keeps the first value
  /// for ever and gives back what is kept.
  virtual Result<std::optional<std::string>> recall(const std::string& name) = 0;
  /// A `deed` is recorded in the audit log, in the same transaction, when the fact is new.
  virtual Result<std::string> remember(const std::string& name, const std::string& value,
                                       const Deed* deed = nullptr) = 0;
};

/// Whether an owner of a lease is certainly gone (CORRECTNESS 2.1). Any thread.
class Owners {
 public:
  virtual ~Owners() = default;
  virtual bool proven_dead(const OwnerId& owner) = 0;
};

/// Knows of nobody's death: for those who take no leases, and never have to ask.
class NobodyIsDead final : public Owners {
 public:
  bool proven_dead(const OwnerId&) override { return false; }
};

}  // namespace strongroom

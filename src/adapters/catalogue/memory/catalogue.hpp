// The catalogue in memory: the same promises as the durable one, for simulation and tests of the rooms.
//
// Any thread, one mutex; deterministic: no threads, no real time, waiting by the clock's port only. Nothing survives
// the object, which stands for the disk: a simulated crash keeps the catalogue and drops its callers.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "ports/accounts.hpp"
#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/event_log.hpp"

namespace strongroom::memory {

class MemoryCatalogue final : public Catalogue, public EventLog {
 public:
  /// `clock` and `owners` must outlive it; `owners` must not call back.
  MemoryCatalogue(Clock& clock, Owners& owners, LeaseTimes times = {});
  ~MemoryCatalogue() override;

  Result<Accepted> accept(const NewIngest& ingest) override;
  Result<void> reopen(const Reopening& reopening) override;
  Result<std::optional<Claim>> claim(const OwnerId& owner, std::optional<int> hand = std::nullopt) override;
  Result<RunView> look(const Lease& lease, const IngestId& ingest) override;
  Result<void> settle(const Settle& settle) override;
  Result<void> report_progress(const Lease& lease, const IngestId& ingest, int run, const StepKey& step,
                               const Progress& progress) override;
  Result<void> renew(const OwnerId& owner) override;
  Result<void> hand_back(const OwnerId& owner) override;
  std::uint64_t news(News kind) override;
  void wait_for_news(News kind, std::uint64_t seen, Duration until, std::stop_token stop) override;

  Result<std::optional<DeliveryClaim>> claim_delivery(const OwnerId& owner,
                                                      std::optional<int> hand = std::nullopt) override;
  Result<void> fix_delivery_body(const DeliveryClaim& claim, const std::string& body) override;
  Result<void> settle_delivery(const DeliverySettle& settle) override;
  Result<std::vector<DeliveryAttempt>> delivery_attempts(const IngestId& ingest) override;

  Result<std::optional<Ingest>> find_ingest(const IngestId& id) override;
  Result<std::vector<IngestEvent>> events_of(const IngestId& id) override;
  Result<std::vector<StepRecord>> steps_of(const IngestId& id) override;
  Result<std::optional<VersionRow>> find_registered(const BagId& bag, std::optional<Version> version) override;
  Result<std::vector<VersionRow>> versions_now(const BagId& bag) override;
  Result<std::vector<OutgoingEvent>> outgoing_after(std::int64_t sequence, std::size_t limit) override;
  Result<std::vector<Ingest>> unfinished_needing_others(const std::vector<std::string>& uuids) override;
  Result<std::optional<std::string>> recall(const std::string& name) override;
  /// Without an audit log.
  Result<std::string> remember(const std::string& name, const std::string& value, const Deed* deed = nullptr) override;

  Result<EventPage> events_after(std::int64_t after, const EventFilter& filter, std::size_t limit,
                                 std::size_t look) override;
  Result<std::int64_t> last_sequence() override;
  Result<std::uint64_t> begin_reindex(const NewReindex& reindex) override;
  Result<std::optional<ReindexBatch>> continue_reindex(Instant now, const std::vector<std::string>& ids) override;
  Result<std::uint64_t> drop_updates(Instant instant, std::size_t limit) override;
  Result<std::uint64_t> drop_transfer_updates(Instant instant, std::size_t limit) override;

  /// What was recorded with the changes, in order.
  [[nodiscard]] std::vector<Deed> deeds();

 private:
  enum class Held : std::uint8_t { no, yes, parked };
  /// An ingest with its history.
  struct Stored {
    Ingest ingest;
    std::vector<IngestEvent> events;
    std::map<int, std::vector<StepRecord>> steps;         ///< by run
    std::vector<std::pair<Ingest, std::size_t>> history;  ///< each revision, and how many events it had
  };
  struct Bag {
    Instant latest_created;
    std::optional<IngestId> turn;
    bool turn_begun = false;  ///< a walk of it has begun: it keeps its turn
    Fence fence;
    Fence adopt;                   ///< for Claim::adopt, if this owner turns out to be gone; 0: nothing to take over
    std::optional<OwnerId> owner;  ///< the last one, also after it gave the bag back
    Held held = Held::no;
    std::optional<int> hand;  ///< of the owner, while held
    Duration due{};
    std::map<Version, VersionRow> versions;
  };
  struct Queued {
    Delivery delivery;  ///< `attempt` counts the claims
    bool in_hand = false;
    bool ended = false;
    Duration due{};
    std::string due_boot = {};
    Fence fence = {};
    std::optional<OwnerId> owner = {};
    std::optional<int> hand = {};
    std::vector<DeliveryAttempt> attempts = {};
  };
  struct Reindex {
    std::string id;
    ReindexScope scope;
    std::uint64_t emitted = 0;
    std::optional<std::pair<BagId, Version>> at = {};  ///< the last version emitted
    bool ended = false;
  };
  struct Draft;
  enum class Holder : std::uint8_t { alive, expired, dead, other_boot };

  Holder judge(const OwnerId& holder, const OwnerId& claimer);
  /// The latest registered row, the highest number, and all of `ingest`.
  static std::vector<VersionRow> versions_in_view(const Bag& bag, const std::optional<IngestId>& ingest);
  Result<Bag*> leased(const Lease& lease);
  Result<Stored*> of_bag(const Lease& lease, const IngestId& ingest);
  Result<Queued*> claimed(const DeliveryClaim& claim);
  void refresh_turn(const BagId& id, Bag& bag, const std::optional<IngestId>& in_hand);
  void publish(OutgoingEvent event);
  std::uint64_t drop_old(Instant instant, std::size_t limit, bool (*may_go)(const OutgoingEvent&));
  /// Registered versions in scope behind `at`, up to `limit`, in the order of emission.
  std::vector<std::pair<BagId, Version>> registered_in(const ReindexScope& scope,
                                                       const std::optional<std::pair<BagId, Version>>& at,
                                                       std::size_t limit) const;

  Clock& clock_;
  Owners& owners_;
  LeaseTimes times_;
  std::mutex mutex_;  ///< over everything below
  std::map<BagId, Bag> bags_;
  std::map<IngestId, Stored> ingests_;
  std::map<OwnerId, Duration> expires_;
  std::vector<OutgoingEvent> outgoing_;
  std::int64_t last_sequence_ = 0;
  std::vector<Reindex> reindexes_;
  std::vector<Queued> deliveries_;
  std::map<std::string, std::string> facts_;
  std::map<std::pair<std::string, std::string>, std::pair<std::string, IngestId>> keys_;  ///< by client and key
  std::vector<Deed> deeds_;
  std::uint64_t rings_ = 0;  ///< times that new work may have come
};

/// Clients and tokens in memory. Any thread.
class MemoryAccounts final : public Accounts {
 public:
  Result<void> add_client(const ClientAccount& account, const Deed& deed) override;
  Result<void> change_client(const ClientAccount& before, const ClientAccount& after, const Deed& deed) override;
  Result<std::uint64_t> revoke_tokens(const ClientId& id, const Deed& deed) override;
  Result<std::vector<ClientAccount>> list_clients() override;
  Result<std::optional<ClientAccount>> find_client(const ClientId& id) override;
  Result<void> add_token(const AccessToken& token) override;
  Result<std::optional<AccessToken>> find_token(const std::string& sha256) override;
  Result<std::uint64_t> drop_expired_tokens(Instant instant) override;

 private:
  std::mutex mutex_;
  std::map<std::string, ClientAccount> clients_;
  std::map<std::string, AccessToken> tokens_;
  std::vector<Deed> deeds_;
};

}  // namespace strongroom::memory

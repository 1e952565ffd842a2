// The catalogue, its front desk, the event log with its subscriptions and sinks, restores, known damage, transfers,
// accounts and the audit log in one SQLite file (CORRECTNESS 3).
//
// Keeps what those ports promise; any thread, and several processes on one machine may
// have the same file open. What a call has stored is durable when it returns.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ports/accounts.hpp"
#include "ports/audit.hpp"
#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/damage.hpp"
#include "ports/event_log.hpp"
#include "ports/front_desk.hpp"
#include "ports/messages_aside.hpp"
#include "ports/restoration.hpp"
#include "ports/restores.hpp"
#include "ports/sinks.hpp"
#include "ports/subscriptions.hpp"
#include "ports/transfers.hpp"

namespace strongroom::sqlite {

class Database;

class SqliteCatalogue final : public Catalogue,
                              public FrontDesk,
                              public EventLog,
                              public Accounts,
                              public AuditLog,
                              public Subscriptions,
                              public Sinks,
                              public Restores,
                              public KnownDamage,
                              public Transfers,
                              public MessagesAside,
                              public Restoration {
 public:
  /// `clock` and `owners` must outlive it. `owners` is asked about workers of this boot only.
  SqliteCatalogue(std::unique_ptr<Database> database, Clock& clock, Owners& owners, LeaseTimes times);
  ~SqliteCatalogue() override;

  Result<Accepted> accept(const NewIngest& ingest) override;
  Result<void> reopen(const Reopening& reopening) override;
  Result<std::optional<Claim>> claim(const OwnerId& owner, std::optional<int> hand = std::nullopt) override;
  Result<RunView> look(const Lease& lease, const IngestId& ingest) override;
  Result<void> settle(const Settle& settle) override;
  Result<void> report_progress(const Lease& lease, const IngestId& ingest, int run, const StepKey& step,
                               const Progress& progress) override;
  Result<void> renew(const OwnerId& owner) override;
  Result<void> hand_back(const OwnerId& owner) override;
  /// Of this process; a wait ends after half a second at most, so that what other processes did is found soon.
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
  Result<std::string> remember(const std::string& name, const std::string& value, const Deed* deed = nullptr) override;

  Result<std::vector<Ingest>> list_ingests(const IngestFilter& filter, std::optional<ListPlace> after,
                                           std::size_t limit) override;
  Result<VersionPage> list_versions(const BagId& bag, std::optional<Version> before, std::size_t limit) override;
  Result<std::vector<RunStep>> run_steps_of(const IngestId& id) override;
  Result<std::vector<Version>> left_over_of(const IngestId& id) override;
  Result<Tally> tally() override;
  Result<std::vector<StuckIngest>> stuck_since(Instant before, std::size_t limit) override;
  Result<std::uint64_t> forget_keys(Instant instant) override;
  Result<void> enter_upload(const UploadEntry& upload, Instant now) override;
  Result<std::vector<UploadEntry>> spent_uploads(const std::string& area, Instant before, std::size_t limit) override;
  Result<void> strike_upload(const UploadEntry& upload) override;

  Result<EventPage> events_after(std::int64_t after, const EventFilter& filter, std::size_t limit,
                                 std::size_t look) override;
  Result<std::int64_t> last_sequence() override;
  Result<std::uint64_t> begin_reindex(const NewReindex& reindex) override;
  Result<std::optional<ReindexBatch>> continue_reindex(Instant now, const std::vector<std::string>& ids) override;
  Result<std::uint64_t> drop_updates(Instant instant, std::size_t limit) override;
  Result<std::uint64_t> drop_transfer_updates(Instant instant, std::size_t limit) override;

  Result<void> add_subscription(const Subscription& subscription, const Deed& deed) override;
  Result<std::vector<Subscription>> list_subscriptions() override;
  Result<std::optional<Subscription>> find_subscription(const std::string& id) override;
  Result<std::vector<DeadLetter>> dead_letters_of(const std::string& id, std::size_t limit) override;
  Result<bool> remove_subscription(const std::string& id, const Deed& deed) override;
  Result<bool> retry_subscription(const std::string& id, const Deed& deed) override;
  Result<std::optional<SubscriptionClaim>> claim_subscription(const OwnerId& owner, int hand) override;
  Result<void> settle_subscription(const SubscriptionSettle& settle) override;

  Result<SinkState> sink_state(const std::string& sink) override;
  Result<void> settle_sink(const SinkSettle& settle) override;
  Result<std::vector<RefusedDocument>> refused_documents(const std::string& sink, const DocumentKey& after,
                                                         std::size_t limit) override;

  Result<Restore> add_restore(const Restore& restore, const Deed& deed) override;
  Result<std::optional<Restore>> find_restore(const std::string& id) override;
  Result<std::vector<Restore>> open_restores(const std::string& location_uuid) override;
  Result<void> save_restore(const Restore& restore) override;

  Result<bool> note_damage(const Damage& damage) override;
  Result<bool> end_damage(const std::string& location_uuid, const std::string& key) override;
  Result<bool> is_file_damaged(const std::string& location_uuid, const std::string& key) override;
  Result<bool> is_copy_damaged(const std::string& location_uuid, const BagId& bag, Version version) override;
  Result<std::vector<Damage>> damage_in(const std::string& location_uuid, const std::string& after,
                                        std::size_t limit) override;
  Result<std::uint64_t> count_damage(const std::string& location_uuid) override;

  Result<AddedTransfer> add_transfer(const NewTransfer& transfer) override;
  Result<std::optional<Transfer>> find_transfer(const std::string& id) override;
  Result<TransferPage> find_transfers(const TransferFilter& filter, const std::optional<TransferPlace>& after,
                                      std::size_t limit) override;
  Result<std::vector<Transfer>> transfers_of_object(const std::string& area, const AreaObject& object) override;
  Result<std::vector<Transfer>> transfers_of_key(const std::string& area, const std::string& key) override;
  Result<std::optional<Transfer>> find_stored_content(const std::string& etag, std::uint64_t size) override;
  Result<std::optional<TransferClaim>> claim_transfer(Instant now, Duration hold) override;
  Result<std::optional<TransferClaim>> claim_transfer(const std::string& id, Instant now, Duration hold) override;
  Result<void> renew_transfer(const std::string& id, std::uint64_t fence, Instant until) override;
  Result<void> save_transfer(const TransferSave& save, Instant now) override;
  Result<void> change_transfer(const Transfer& before, const TransferSave& save, const Deed& deed) override;
  Result<std::optional<Instant>> next_transfer_due() override;
  Result<void> add_mets_names(const BagId& bag, Version version, const std::vector<std::string>& names) override;
  Result<std::optional<TransferBag>> find_mets_suffix(const std::string& suffix) override;
  Result<std::string> transfer_fact(const std::string& name) override;
  Result<void> set_transfer_fact(const std::string& name, const std::string& value) override;
  Result<std::optional<Version>> latest_version(const BagId& bag) override;
  Result<TransferTally> transfer_tally() override;
  Result<bool> tell_alert(const std::string& problem, const std::string& description, const TransferNotice& notice,
                          Instant now, Duration repeat) override;
  Result<bool> end_alert(const std::string& problem, const TransferNotice& notice, Instant now) override;
  Result<bool> set_aside(const MessageAside& message) override;
  Result<std::vector<MessageAside>> messages_aside(std::int64_t after, std::size_t limit) override;
  Result<std::optional<MessageAside>> find_aside(std::int64_t number) override;
  Result<bool> drop_aside(std::int64_t number) override;

  Result<void> record(const Deed& deed) override;
  Result<std::vector<AuditRecord>> audit_after(std::int64_t number, std::size_t limit) override;

  Result<void> add_client(const ClientAccount& account, const Deed& deed) override;
  Result<void> change_client(const ClientAccount& before, const ClientAccount& after, const Deed& deed) override;
  Result<std::uint64_t> revoke_tokens(const ClientId& id, const Deed& deed) override;
  Result<std::vector<ClientAccount>> list_clients() override;
  Result<std::optional<ClientAccount>> find_client(const ClientId& id) override;
  Result<void> add_token(const AccessToken& token) override;
  Result<std::optional<AccessToken>> find_token(const std::string& sha256) override;
  Result<std::uint64_t> drop_expired_tokens(Instant instant) override;

  Result<void> begin_restoration(const std::string& location_uuid, std::int64_t sequence) override;
  Result<void> restore(const RestoredVersion& version) override;
  Result<void> end_restoration(const Deed& deed) override;

  /// Moves the write-ahead log into the database and empties it; for maintenance, now and then. Writers wait meanwhile.
  Result<void> checkpoint();

 private:
  struct Bell {
    std::mutex mutex;
    std::condition_variable_any rung;
    std::uint64_t rings = 0;  ///< under the mutex
  };

  Bell& bell_of(News kind) { return bells_[static_cast<std::size_t>(kind)]; }
  void ring(News kind);
  void ring(std::initializer_list<News> kinds) {
    for (const News kind : kinds) ring(kind);
  }
  /// Row ids of workers that hold something, are not `claimer`, and are proven dead. Asks `owners_`, outside of any
  /// transaction.
  Result<std::vector<std::int64_t>> proven_dead(const OwnerId& claimer);

  std::unique_ptr<Database> database_;
  Clock& clock_;
  Owners& owners_;
  LeaseTimes times_;
  std::array<Bell, kNewsKinds> bells_;
};

/// Opens the catalogue in the file `path`, creating it when absent. Broken for a damaged file, another program's, or
/// one of a newer schema.
Result<std::unique_ptr<SqliteCatalogue>> open_sqlite_catalogue(const std::string& path, Clock& clock, Owners& owners,
                                                               LeaseTimes times = {});

/// What recall() would give, of a catalogue that is not to be opened: it may be of another schema, and is left so.
Result<std::optional<std::string>> peek_fact(const std::string& path, const std::string& name);

}  // namespace strongroom::sqlite

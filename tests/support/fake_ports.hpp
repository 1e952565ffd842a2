// Ports as the API and the ways out need them, in memory and no more than that: what those never call is refused.
//
// One thread. A switch per port makes it fail.
#pragma once

#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "ports/accounts.hpp"
#include "ports/audit.hpp"
#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/dry_runs.hpp"
#include "ports/entropy.hpp"
#include "ports/event_log.hpp"
#include "ports/front_desk.hpp"
#include "ports/log.hpp"
#include "ports/object_store.hpp"
#include "ports/restores.hpp"
#include "ports/search_index.hpp"
#include "ports/sinks.hpp"
#include "ports/sources.hpp"
#include "ports/subscriptions.hpp"

namespace strongroom::test {

inline Error unreachable() { return temporary("the database cannot be reached"); }
inline Error not_in_fake() { return broken("not part of this fake"); }

class FakeCatalogue final : public Catalogue {
 public:
  bool down = false;
  bool throws = false;  ///< as a library might
  std::map<std::string, Ingest> ingests;
  std::map<std::string, std::vector<IngestEvent>> events;
  std::map<std::string, std::vector<StepRecord>> steps;
  std::map<std::string, std::vector<VersionRow>> versions;  ///< by bag, ascending

  Result<Accepted> accept(const NewIngest& n) override {
    if (down) return unreachable();
    Ingest ingest{.id = n.id,
                  .request = n.request,
                  .created = n.now,
                  .request_id = n.request_id,
                  .version = {},
                  .callback = {},
                  .last_modified = {},
                  .location_uuids = {}};
    if (n.request.callback_url) ingest.callback = Callback{*n.request.callback_url};
    ingests.emplace(n.id.str(), ingest);
    return Accepted{ingest, false};
  }
  Result<std::optional<Ingest>> find_ingest(const IngestId& id) override {
    if (throws) throw std::runtime_error("odd");
    if (down) return unreachable();
    const auto found = ingests.find(id.str());
    return found == ingests.end() ? std::optional<Ingest>() : std::optional(found->second);
  }
  Result<std::vector<IngestEvent>> events_of(const IngestId& id) override { return events[id.str()]; }
  Result<std::vector<StepRecord>> steps_of(const IngestId& id) override { return steps[id.str()]; }
  Result<std::optional<VersionRow>> find_registered(const BagId& bag, std::optional<Version> version) override {
    if (down) return unreachable();
    std::optional<VersionRow> found;
    for (const VersionRow& row : versions[bag.str()]) {
      if (row.state == VersionState::registered && (!version || row.version == *version)) found = row;
    }
    return found;
  }
  Result<std::vector<VersionRow>> versions_now(const BagId& bag) override { return versions[bag.str()]; }
  Result<std::optional<std::string>> recall(const std::string&) override {
    if (down) return unreachable();
    return std::optional<std::string>();
  }

  Result<void> reopen(const Reopening&) override { return not_in_fake(); }
  Result<std::optional<Claim>> claim(const OwnerId&, std::optional<int>) override { return not_in_fake(); }
  Result<RunView> look(const Lease&, const IngestId&) override { return not_in_fake(); }
  Result<void> settle(const Settle&) override { return not_in_fake(); }
  Result<void> report_progress(const Lease&, const IngestId&, int, const StepKey&, const Progress&) override {
    return not_in_fake();
  }
  Result<void> renew(const OwnerId&) override { return not_in_fake(); }
  Result<void> hand_back(const OwnerId&) override { return not_in_fake(); }
  std::uint64_t news(News) override { return 0; }
  void wait_for_news(News, std::uint64_t, Duration, std::stop_token) override {}
  Result<std::optional<DeliveryClaim>> claim_delivery(const OwnerId&, std::optional<int>) override {
    return not_in_fake();
  }
  Result<void> fix_delivery_body(const DeliveryClaim&, const std::string&) override { return not_in_fake(); }
  Result<void> settle_delivery(const DeliverySettle&) override { return not_in_fake(); }
  Result<std::vector<DeliveryAttempt>> delivery_attempts(const IngestId&) override { return not_in_fake(); }
  Result<std::vector<OutgoingEvent>> outgoing_after(std::int64_t, std::size_t) override { return not_in_fake(); }
  Result<std::vector<Ingest>> unfinished_needing_others(const std::vector<std::string>&) override {
    return not_in_fake();
  }
  Result<std::string> remember(const std::string&, const std::string&, const Deed*) override { return not_in_fake(); }
};

class FakeAccounts final : public Accounts {
 public:
  bool down = false;
  std::map<std::string, ClientAccount> clients;
  std::map<std::string, AccessToken> tokens;

  Result<void> add_client(const ClientAccount& account, const Deed&) override {
    clients.insert_or_assign(account.id.str(), account);
    return {};
  }
  Result<void> change_client(const ClientAccount&, const ClientAccount&, const Deed&) override { return not_in_fake(); }
  Result<std::uint64_t> revoke_tokens(const ClientId&, const Deed&) override { return not_in_fake(); }
  Result<std::vector<ClientAccount>> list_clients() override { return not_in_fake(); }
  Result<std::optional<ClientAccount>> find_client(const ClientId& id) override {
    if (down) return unreachable();
    const auto found = clients.find(id.str());
    return found == clients.end() ? std::optional<ClientAccount>() : std::optional(found->second);
  }
  Result<void> add_token(const AccessToken& token) override {
    if (down) return unreachable();
    tokens.insert_or_assign(token.sha256, token);
    return {};
  }
  Result<std::optional<AccessToken>> find_token(const std::string& sha256) override {
    if (down) return unreachable();
    const auto found = tokens.find(sha256);
    return found == tokens.end() ? std::optional<AccessToken>() : std::optional(found->second);
  }
  Result<std::uint64_t> drop_expired_tokens(Instant) override { return not_in_fake(); }
};

class FakeDesk final : public FrontDesk {
 public:
  std::vector<UploadEntry> uploads;

  Result<void> enter_upload(const UploadEntry& upload, Instant) override {
    uploads.push_back(upload);
    return {};
  }
  Result<std::vector<Ingest>> list_ingests(const IngestFilter&, std::optional<ListPlace>, std::size_t) override {
    return not_in_fake();
  }
  Result<VersionPage> list_versions(const BagId&, std::optional<Version>, std::size_t) override {
    return not_in_fake();
  }
  Result<std::vector<RunStep>> run_steps_of(const IngestId&) override { return not_in_fake(); }
  Result<std::vector<Version>> left_over_of(const IngestId&) override { return not_in_fake(); }
  Result<Tally> tally() override { return not_in_fake(); }
  Result<std::vector<StuckIngest>> stuck_since(Instant, std::size_t) override { return not_in_fake(); }
  Result<std::uint64_t> forget_keys(Instant) override { return not_in_fake(); }
  Result<std::vector<UploadEntry>> spent_uploads(const std::string&, Instant, std::size_t) override {
    return not_in_fake();
  }
  Result<void> strike_upload(const UploadEntry&) override { return not_in_fake(); }
};

class FakeEventLog final : public EventLog {
 public:
  Result<EventPage> events_after(std::int64_t, const EventFilter&, std::size_t, std::size_t) override {
    return not_in_fake();
  }
  Result<std::int64_t> last_sequence() override { return not_in_fake(); }
  Result<std::uint64_t> begin_reindex(const NewReindex&) override { return not_in_fake(); }
  Result<std::optional<ReindexBatch>> continue_reindex(Instant, const std::vector<std::string>&) override {
    return not_in_fake();
  }
  Result<std::uint64_t> drop_updates(Instant, std::size_t) override { return not_in_fake(); }
  Result<std::uint64_t> drop_transfer_updates(Instant, std::size_t) override { return not_in_fake(); }
};

class FakeAudit final : public AuditLog {
 public:
  std::vector<Deed> deeds;
  std::optional<Error> trouble;

  Result<void> record(const Deed& deed) override {
    if (trouble) return *trouble;
    deeds.push_back(deed);
    return {};
  }
  Result<std::vector<AuditRecord>> audit_after(std::int64_t, std::size_t) override { return not_in_fake(); }
};

class FakeStore final : public ObjectStore {
 public:
  std::map<std::string, std::string> objects;
  std::vector<ByteRange> asked;                 ///< by get(), in order
  std::size_t fails_after = std::string::npos;  ///< bytes of each get(); then the disk has an error, or `failure`
  std::optional<Error> failure{};
  std::optional<Error> refusal{};  ///< of every get()

  Result<std::unique_ptr<ByteSource>> get(const std::string& key, ByteRange range) override {
    asked.push_back(range);
    if (refusal) return *refusal;
    const auto found = objects.find(key);
    if (found == objects.end()) return broken("no such object", key, Reason::not_found);
    const std::string& object = found->second;
    if (range.first > object.size()) return broken("the object is shorter", key, Reason::truncated);
    std::string part = object.substr(range.first, range.length.value_or(std::string::npos));
    std::optional<Error> end;
    if (range.length && part.size() < *range.length) end = broken("the object is shorter", key, Reason::truncated);
    if (part.size() > fails_after) end = failure.value_or(temporary("the disk has an error", key));
    part.resize(std::min(part.size(), fails_after));
    return std::unique_ptr<ByteSource>(std::make_unique<Part>(std::move(part), std::move(end)));
  }
  Result<std::optional<ObjectInfo>> stat(const std::string& key) override {
    const auto found = objects.find(key);
    if (found == objects.end()) return std::optional<ObjectInfo>();
    return std::optional(ObjectInfo{key, found->second.size()});
  }
  Result<std::vector<ObjectInfo>> list(const std::string&, const std::string&, std::size_t) override {
    return not_in_fake();
  }
  Result<void> put(const std::string&, const ObjectSpec&, const ContentOpener&) override { return not_in_fake(); }

 private:
  class Part final : public ByteSource {
   public:
    Part(std::string text, std::optional<Error> end) : text_(std::move(text)), end_(std::move(end)) {}
    Result<std::size_t> read(ByteSpan into) override {
      TRY(const std::size_t n, text_.read(into));
      if (n == 0 && end_) return *end_;
      return n;
    }

   private:
    TextSource text_;
    std::optional<Error> end_;
  };
};

class FakeSearchIndex final : public SearchIndex {
 public:
  Result<std::int64_t> position() override { return not_in_fake(); }
  Result<void> advance(std::int64_t) override { return not_in_fake(); }
  Result<void> add(const IndexedVersion&, const NextFile&) override { return not_in_fake(); }
  Result<std::vector<SearchResult>> search(const SearchQuery&, const std::optional<SearchPlace>&, std::size_t,
                                           std::size_t) override {
    return not_in_fake();
  }
};

class FakeSubscriptions final : public Subscriptions {
 public:
  Result<void> add_subscription(const Subscription&, const Deed&) override { return not_in_fake(); }
  Result<std::vector<Subscription>> list_subscriptions() override { return not_in_fake(); }
  Result<std::optional<Subscription>> find_subscription(const std::string&) override { return not_in_fake(); }
  Result<std::vector<DeadLetter>> dead_letters_of(const std::string&, std::size_t) override { return not_in_fake(); }
  Result<bool> remove_subscription(const std::string&, const Deed&) override { return not_in_fake(); }
  Result<bool> retry_subscription(const std::string&, const Deed&) override { return not_in_fake(); }
  Result<std::optional<SubscriptionClaim>> claim_subscription(const OwnerId&, int) override { return not_in_fake(); }
  Result<void> settle_subscription(const SubscriptionSettle&) override { return not_in_fake(); }
};

class FakeRestores final : public Restores {
 public:
  Result<Restore> add_restore(const Restore&, const Deed&) override { return not_in_fake(); }
  Result<std::optional<Restore>> find_restore(const std::string&) override { return not_in_fake(); }
  Result<std::vector<Restore>> open_restores(const std::string&) override { return not_in_fake(); }
  Result<void> save_restore(const Restore&) override { return not_in_fake(); }
};

/// No sink has ever run.
class FakeSinks final : public Sinks {
 public:
  Result<SinkState> sink_state(const std::string&) override { return SinkState{}; }
  Result<void> settle_sink(const SinkSettle&) override { return not_in_fake(); }
  Result<std::vector<RefusedDocument>> refused_documents(const std::string&, const DocumentKey&, std::size_t) override {
    return not_in_fake();
  }
};

class FakeUploads final : public Uploads {
 public:
  std::map<std::string, std::string> files;  ///< by `{area}/{path}`
  int under_way = 0;
  bool disk_full = false;

  Result<std::unique_ptr<Upload>> begin(const std::string& area, const std::string& path) override {
    if (area != "uploads") return rejected("no such area", area, Reason::no_container);
    const std::string key = area + "/" + path;
    if (files.contains(key)) return rejected("taken", key, Reason::already_exists);
    return std::unique_ptr<Upload>(std::make_unique<One>(*this, key));
  }
  Result<void> remove(const std::string& area, const std::string& path) override {
    files.erase(area + "/" + path);
    return {};
  }

 private:
  class One final : public Upload {
   public:
    One(FakeUploads& owner, std::string key) : owner_(owner), key_(std::move(key)) { ++owner_.under_way; }
    ~One() override { --owner_.under_way; }
    One(const One&) = delete;
    One& operator=(const One&) = delete;
    Result<void> write(ByteView bytes) override {
      if (owner_.disk_full) return temporary("the disk is full", key_, Reason::no_space);
      text_.append(as_text(bytes));
      return {};
    }
    Result<UploadReceipt> commit() override {
      const UploadReceipt receipt{text_.size(), digest_of(Algorithm::sha256, text_)};
      if (!owner_.files.emplace(key_, text_).second) return rejected("taken", key_, Reason::already_exists);
      return receipt;
    }

   private:
    FakeUploads& owner_;
    std::string key_;
    std::string text_;
  };
};

/// Has no room for any.
class FakeDryRuns final : public DryRuns {
 public:
  Result<DryRunView> begin(DryRunOrder, Duration) override { return temporary("too many", {}, Reason::limit); }
  std::optional<DryRunView> find(const IngestId&) override { return std::nullopt; }
  Result<std::unique_ptr<ByteSource>> open_findings(const DryRunReport&, Step) override { return not_in_fake(); }
};

class FakeClock final : public Clock {
 public:
  Instant wall = parse_instant("2024-05-01T09:30:01.540112Z").value();
  Duration boot = std::chrono::hours(5);

  void pass(Duration time) {
    wall += time;
    boot += time;
  }
  Instant now() override { return wall; }
  Duration since_boot() override { return boot; }
  bool wait_until(Duration until, std::stop_token) override {
    boot = std::max(boot, until);
    return true;
  }
};

class FakeEntropy final : public Entropy {
 public:
  void fill(ByteSpan bytes) override {
    for (std::byte& one : bytes) one = static_cast<std::byte>(engine_() & 255U);
  }

 private:
  std::mt19937_64 engine_{20240501};
};

class FakeLog final : public Log {
 public:
  std::string text;  ///< one line each: event and fields
  void write(LogLevel, std::string_view event, LogFields fields) override {
    text.append(event);
    for (const auto& [name, value] : fields) text.append(" ").append(name).append("=").append(value);
    text.push_back('\n');
  }
};

}  // namespace strongroom::test

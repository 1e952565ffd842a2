// The world of packages with a monitor in it: bag versions that are said to lie somewhere, and readers of reports who
// can be told to refuse them.
//
// One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/catalogue/memory/damage.hpp"
#include "domain/json_members.hpp"
#include "domain/layout.hpp"
#include "transfers/monitor.hpp"
#include "transfers/walk/transfer_world.hpp"

namespace strongroom::test {

/// Registered versions and facts; nothing else is asked of it.
class VersionsCatalogue final : public Catalogue {
 public:
  std::map<std::string, std::string> facts;
  std::map<std::string, VersionRow> rows;  ///< by `{bag}/{version}`

  Result<std::optional<VersionRow>> find_registered(const BagId& bag, std::optional<Version> version) override {
    const auto found = rows.find(bag.str() + "/" + version.value_or(Version(1)).str());
    return found == rows.end() ? std::optional<VersionRow>() : std::optional(found->second);
  }
  Result<std::optional<std::string>> recall(const std::string& name) override {
    const auto found = facts.find(name);
    return found == facts.end() ? std::optional<std::string>() : std::optional(found->second);
  }
  Result<std::string> remember(const std::string& name, const std::string& value, const Deed* = nullptr) override {
    return facts.emplace(name, value).first->second;
  }

  Result<Accepted> accept(const NewIngest&) override { return not_in_fake(); }
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
  Result<std::optional<Ingest>> find_ingest(const IngestId&) override { return not_in_fake(); }
  Result<std::vector<IngestEvent>> events_of(const IngestId&) override { return not_in_fake(); }
  Result<std::vector<StepRecord>> steps_of(const IngestId&) override { return not_in_fake(); }
  Result<std::vector<VersionRow>> versions_now(const BagId&) override { return not_in_fake(); }
  Result<std::vector<OutgoingEvent>> outgoing_after(std::int64_t, std::size_t) override { return not_in_fake(); }
  Result<std::vector<Ingest>> unfinished_needing_others(const std::vector<std::string>&) override {
    return not_in_fake();
  }
};

/// Waiting takes the time that it takes.
class PassingClock final : public Clock {
 public:
  explicit PassingClock(FakeClock& clock) : clock_(clock) {}
  Instant now() override { return clock_.now(); }
  Duration since_boot() override { return clock_.since_boot(); }
  bool wait_until(Duration until, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    if (until > clock_.since_boot()) clock_.pass(until - clock_.since_boot());
    return true;
  }

 private:
  FakeClock& clock_;
};

/// Who reads reports: takes a message, or does what it was told.
class ToldReaders final : public transfers::ReportOutput {
 public:
  std::vector<WebhookAnswer> answers{};  ///< of the next messages, one after the other; then `always`
  WebhookAnswer always{.kind = WebhookAnswer::Kind::accepted, .status = 200};
  std::function<void()> before_answer{};
  std::vector<std::string> posted{};
  std::vector<std::string> accepted{};

  WebhookAnswer send(const transfers::Report& report, std::size_t index) override {
    posted.push_back(report.messages.at(index));
    if (before_answer) before_answer();
    WebhookAnswer answer = always;
    if (!answers.empty()) {
      answer = answers.front();
      answers.erase(answers.begin());
    }
    if (answer.kind == WebhookAnswer::Kind::accepted) accepted.push_back(report.messages.at(index));
    return answer;
  }
};

class ToldOwners final : public Owners {
 public:
  bool all_dead = false;
  bool proven_dead(const OwnerId&) override { return all_dead; }
};

inline WebhookAnswer answer_of(int status, std::optional<int> retry_after = std::nullopt) {
  return {.kind = WebhookAnswer::Kind::retry,
          .status = status,
          .message = "answered " + std::to_string(status),
          .retry_after = retry_after};
}

/// What people read of messages, a section on each line or more.
inline std::string text_of(const std::vector<std::string>& messages) {
  std::string text;
  for (const std::string& message : messages) {
    const auto members = JsonMembers::parse(message);
    for (const JsonMembers& block : members->objects("blocks").value()) {
      text += block.object("text")->text("text").value() + "\n";
    }
  }
  return text;
}

class MonitorWorld : public TransferWorld {
 public:
  explicit MonitorWorld(memory::AreaKind kind = {}) : TransferWorld(kind) {
    monitor.walk = settings;
    for (const char* const uuid : {"uuid-1", "uuid-2", "uuid-3"}) add_location(uuid);
  }

  void add_location(const std::string& uuid) {
    locations.push_back({.name = LocationName::parse("location-" + uuid).value(),
                         .label = uuid,
                         .uuid = uuid,
                         .bucket = uuid,
                         .prefix = "",
                         .url = ""});
  }
  /// A bag version that holds the transfer, verified where the locations of now are.
  void store(const std::string& transfer_id, int version = 1, const std::string& identifier = "LE/MON/1") {
    const BagId bag{Space::parse("born-digital").value(), ExternalIdentifier::parse(identifier).value()};
    EXPECT_TRUE(transfers.add_mets_names(
        bag, Version(version), {"data/objects/submissionDocumentation/transfer-pkg-" + transfer_id + "/METS.xml"}));
    VersionRow row{.version = Version(version),
                   .state = VersionState::registered,
                   .ingest = IngestId::parse("5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11").value(),
                   .final_write_attempted = true,
                   .registration = Registration{}};
    for (const LocationFacts& location : locations) row.registration->location_uuids.push_back(location.uuid);
    catalogue.rows.insert_or_assign(bag.str() + "/" + Version(version).str(), row);
  }
  /// A file of that bag as it is in the second location.
  static FileCopy copy_of(int version) {
    const BagId bag{Space::parse("born-digital").value(), ExternalIdentifier::parse("LE/MON/1").value()};
    return {"uuid-2", layout::file_key(bag, Version(version), "data/a.txt"), 1, digest_of(Algorithm::sha256, "a")};
  }
  /// A package that was handed over and is stored. Its id.
  std::string stored_package(const std::string& key, const std::string& csv = TransferWorld::csv()) {
    const std::string id = upload(key, package(csv));
    EXPECT_TRUE(work());
    store(show(id).archivematica->transfer_id);
    return id;
  }

  /// A package with a record as `change` makes it, noticed now. Its id.
  std::string record(const std::string& key, const std::function<void(Transfer&)>& change) {
    const AreaObject object = area.place(key, key);
    Transfer transfer = transfers::arrived(areas.front(), key, transfers::observed(object, "sweep"), settings.prefixes,
                                           clock.now(), entropy);
    transfer.bound = object;
    transfer.due.reset();
    change(transfer);
    const auto added = transfers.add_transfer(transfers::newly(std::move(transfer), entropy));
    EXPECT_TRUE(added && added->is_new);
    return added->transfer.id;
  }
  std::string failed_package(const std::string& key, const std::string& transfer_id) {
    return record(key, [&](Transfer& transfer) {
      transfer.state = TransferState::failed;
      transfer.reason = TransferReason{"archivematica-failed", "it failed in Archivematica"};
      if (!transfer_id.empty()) transfer.archivematica = TransferAtArchivematica{transfer_id};
    });
  }
  /// A change as another program makes it.
  void change(const std::string& id, const std::function<void(Transfer&)>& how) {
    auto claim = transfers.claim_transfer(id, clock.now(), std::chrono::minutes(1));
    ASSERT_TRUE(claim && *claim);
    how((*claim)->transfer);
    ASSERT_TRUE(transfers.save_transfer({(*claim)->transfer, (*claim)->fence, std::nullopt, true}, clock.now()));
  }

  /// A run by a process that has just begun.
  transfers::MonitorRun run(std::optional<Instant> slot = std::nullopt) {
    mortal.dead = false;
    const auto run = transfers::Monitoring(monitor_needs, monitor, stop.get_token()).run(slot);
    EXPECT_TRUE(run || mortal.dead) << run.error().text();
    return run ? *run : transfers::MonitorRun{.end = transfers::RunEnd::stopped};
  }
  /// What was told by a run that must be accepted.
  std::string told_now() {
    const std::size_t before = readers.accepted.size();
    const transfers::MonitorRun made = run();
    EXPECT_EQ(made.end, transfers::RunEnd::done) << made.refusal;
    return text_of({readers.accepted.begin() + static_cast<std::ptrdiff_t>(before), readers.accepted.end()});
  }
  bool is_there(const std::string& key) { return area.content(key).has_value(); }

  PassingClock passing{clock};
  VersionsCatalogue catalogue;
  memory::MemoryDamage damage;
  std::vector<LocationFacts> locations;
  ToldReaders readers;
  ToldOwners owners;
  transfers::WalkNeeds monitor_walk{mortal, areas, &archivematica, alarm, passing, entropy, log};
  transfers::MonitorSettings monitor;
  transfers::MonitorNeeds monitor_needs{
      monitor_walk, {catalogue, damage, locations}, &owners, {"boot", "owner"}, readers};
};

}  // namespace strongroom::test

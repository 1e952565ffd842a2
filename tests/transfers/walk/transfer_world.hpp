// A small world for packages on their way: an area and a catalogue in memory, and an Archivematica that can be told
// what goes wrong.
//
// One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "adapters/areas/memory/area.hpp"
#include "adapters/catalogue/memory/transfers.hpp"
#include "support/fake_ports.hpp"
#include "support/zip_builder.hpp"
#include "transfers/arrival.hpp"
#include "transfers/watching.hpp"

namespace strongroom::test {

/// Takes packages once for each idempotency key, as Archivematica 1.19 does.
class ToldArchivematica final : public Archivematica {
 public:
  struct Sent {
    std::string body;
    std::string key;
  };

  std::vector<SourceArea> sources = {
      {"L1", "/born-digital/", "/born-digital", "transfer-source", true},
      {"L2", "born-digital-accessions", "/born-digital-accessions", "transfer-source", true}};
  std::vector<std::string> configurations = {"automated", "b_dig_accessions", "born_digital", "default"};
  std::optional<Error> lookups_fail{};  ///< what every call but the POST answers
  /// What the next POSTs answer, one after the other; the work is done before a `transient` and an `accepted` one.
  std::vector<PackageAnswer::Kind> answers{};
  std::function<void()> before_submit{};
  std::function<void()> when_forgotten{};  ///< answers that were kept are none any more
  int forgotten = 0;
  std::map<std::string, UnitStatus> statuses{};  ///< of transfers and of ingests, by id
  std::vector<Sent> sent{};
  std::map<std::string, std::string> taken{};  ///< ids by key

  Result<std::vector<SourceArea>> source_areas(const std::string&) override {
    if (lookups_fail) return *lookups_fail;
    return sources;
  }
  Result<std::vector<std::string>> processing_configurations() override {
    if (lookups_fail) return *lookups_fail;
    return configurations;
  }
  PackageAnswer submit(const std::string& body, const std::string& key) override {
    if (before_submit) before_submit();
    sent.push_back({body, key});
    PackageAnswer::Kind kind = PackageAnswer::Kind::accepted;
    if (!answers.empty()) {
      kind = answers.front();
      answers.erase(answers.begin());
    }
    PackageAnswer answer{.kind = kind};
    if (kind != PackageAnswer::Kind::accepted) answer.message = "Archivematica did not take it";
    if (kind == PackageAnswer::Kind::accepted || kind == PackageAnswer::Kind::transient) {
      const std::string id = taken.emplace(key, "T-" + std::to_string(taken.size() + 1)).first->second;
      if (kind == PackageAnswer::Kind::accepted) answer.id = id;
    }
    return answer;
  }
  Result<UnitStatus> transfer_status(const std::string& id) override { return status_of(id); }
  Result<UnitStatus> ingest_status(const std::string& id) override { return status_of(id); }
  Result<std::string> version() override { return std::string("1.19.0"); }
  void forget_answers() override {
    ++forgotten;
    if (when_forgotten) when_forgotten();
  }

 private:
  Result<UnitStatus> status_of(const std::string& id) {
    if (lookups_fail) return *lookups_fail;
    const auto found = statuses.find(id);
    return found == statuses.end() ? UnitStatus{} : found->second;
  }
};

/// Each call may be the last one of its caller, who has died then.
class MortalTransfers final : public Transfers {
 public:
  explicit MortalTransfers(Transfers& real) : real_(real) {}

  double death_rate = 0;
  std::mt19937_64 chance{1};
  std::optional<int> steps_left{};  ///< before it dies, whatever the rate
  bool dead = false;

  /// At each step: before a call has its effect, and after that.
  bool dies() {
    if (!dead && steps_left && (*steps_left)-- == 0) dead = true;
    if (!dead && death_rate > 0) dead = std::uniform_real_distribution<>(0, 1)(chance) < death_rate;
    return dead;
  }

#define STRONGROOM_MORTAL(...)                               \
  if (dies()) return temporary("dead", "", Reason::stopped); \
  auto result = (__VA_ARGS__);                               \
  if (dies()) return temporary("dead", "", Reason::stopped); \
  return result

  Result<AddedTransfer> add_transfer(const NewTransfer& one) override { STRONGROOM_MORTAL(real_.add_transfer(one)); }
  Result<std::optional<Transfer>> find_transfer(const std::string& id) override {
    STRONGROOM_MORTAL(real_.find_transfer(id));
  }
  Result<TransferPage> find_transfers(const TransferFilter& filter, const std::optional<TransferPlace>& after,
                                      std::size_t limit) override {
    STRONGROOM_MORTAL(real_.find_transfers(filter, after, limit));
  }
  Result<std::vector<Transfer>> transfers_of_object(const std::string& area, const AreaObject& object) override {
    STRONGROOM_MORTAL(real_.transfers_of_object(area, object));
  }
  Result<std::vector<Transfer>> transfers_of_key(const std::string& area, const std::string& key) override {
    STRONGROOM_MORTAL(real_.transfers_of_key(area, key));
  }
  Result<std::optional<TransferClaim>> claim_transfer(Instant now, Duration hold) override {
    STRONGROOM_MORTAL(real_.claim_transfer(now, hold));
  }
  Result<std::optional<TransferClaim>> claim_transfer(const std::string& id, Instant now, Duration hold) override {
    STRONGROOM_MORTAL(real_.claim_transfer(id, now, hold));
  }
  Result<void> renew_transfer(const std::string& id, std::uint64_t fence, Instant until) override {
    STRONGROOM_MORTAL(real_.renew_transfer(id, fence, until));
  }
  Result<void> save_transfer(const TransferSave& save, Instant now) override {
    STRONGROOM_MORTAL(real_.save_transfer(save, now));
  }
  Result<void> change_transfer(const Transfer& before, const TransferSave& save, const Deed& deed) override {
    return real_.change_transfer(before, save, deed);
  }
  Result<std::optional<Instant>> next_transfer_due() override { return real_.next_transfer_due(); }
  Result<void> add_mets_names(const BagId& bag, Version version, const std::vector<std::string>& names) override {
    return real_.add_mets_names(bag, version, names);
  }
  Result<std::optional<TransferBag>> find_mets_suffix(const std::string& suffix) override {
    STRONGROOM_MORTAL(real_.find_mets_suffix(suffix));
  }
  Result<std::string> transfer_fact(const std::string& name) override { STRONGROOM_MORTAL(real_.transfer_fact(name)); }
  Result<void> set_transfer_fact(const std::string& name, const std::string& value) override {
    STRONGROOM_MORTAL(real_.set_transfer_fact(name, value));
  }
  Result<std::optional<Version>> latest_version(const BagId& bag) override {
    STRONGROOM_MORTAL(real_.latest_version(bag));
  }
  Result<std::optional<Transfer>> find_stored_content(const std::string& etag, std::uint64_t size) override {
    STRONGROOM_MORTAL(real_.find_stored_content(etag, size));
  }
  Result<TransferTally> transfer_tally() override { return real_.transfer_tally(); }
  Result<bool> tell_alert(const std::string& problem, const std::string& description, const TransferNotice& notice,
                          Instant now, Duration repeat) override {
    return real_.tell_alert(problem, description, notice, now, repeat);
  }
  Result<bool> end_alert(const std::string& problem, const TransferNotice& notice, Instant now) override {
    return real_.end_alert(problem, notice, now);
  }

#undef STRONGROOM_MORTAL

 private:
  Transfers& real_;
};

class TransferWorld {
 public:
  explicit TransferWorld(memory::AreaKind kind = {}) : area(clock, kind) {
    areas.front().store = &area;
    settings.retry_for = std::chrono::hours(72);
  }

  static std::string csv() { return "filename,dc.identifier\nobjects/,LE/MON/1\n"; }
  static std::string package(const std::string& metadata = csv()) {
    return testing_support::ZipBuilder().file("a.txt", "payload").file("metadata/metadata.csv", metadata).build();
  }

  /// An upload and its notification. The package's id.
  std::string upload(const std::string& key, const std::string& bytes) {
    const AreaObject object = area.place(key, bytes);
    TransferEvent event;
    event.name = "ObjectCreated:Put";
    event.time = "2026-07-31T08:00:00.000Z";
    event.sequencer = std::to_string(++uploads);
    event.etag = object.etag;
    event.source = "http";
    event.version_id = object.version_id;
    const auto added = transfers.add_transfer(transfers::newly(
        transfers::arrived(areas.front(), key, event, settings.prefixes, clock.now(), entropy), entropy));
    EXPECT_TRUE(added);
    return added->transfer.id;
  }

  /// Works on whatever is due now, as a process that has just begun; false when it died.
  bool work() {
    mortal.dead = false;
    for (int i = 0; i < 10'000; ++i) {
      const auto worked = transfers::Worker(needs, settings, "", stop.get_token()).work_once();
      if (mortal.dead) return false;
      EXPECT_TRUE(worked) << worked.error().text();
      if (!worked || !*worked) return true;
    }
    ADD_FAILURE() << "there is always something due";
    return true;
  }
  /// Time passes in steps of half a minute, with everybody at work.
  void live(Duration time) {
    for (const Instant end = clock.now() + time; clock.now() < end;) {
      work();
      clock.pass(std::chrono::seconds(30));
    }
    work();
  }
  Transfer show(const std::string& id) { return transfers.find_transfer(id)->value(); }
  TransferState state(const std::string& id) { return show(id).state; }
  /// Keys of the area that end in `.log`.
  std::vector<std::string> logs() {
    std::vector<std::string> found;
    for (const std::string& key : area.keys()) {
      if (key.ends_with(".log")) found.push_back(key);
    }
    return found;
  }
  std::size_t alerts() {
    std::size_t count = 0;
    for (const memory::ToldEvent& event : transfers.told()) count += event.kind == "operator-alert" ? 1 : 0;
    return count;
  }

  FakeClock clock;
  FakeEntropy entropy;
  FakeLog log;
  memory::MemoryArea area;
  memory::MemoryTransfers transfers;
  MortalTransfers mortal{transfers};
  ToldArchivematica archivematica;
  transfers::Alarm alarm{{transfers, nullptr, clock, entropy, log}};
  std::vector<transfers::AreaInUse> areas{{.name = "main", .bucket = "transfer-source"}};
  transfers::WalkSettings settings;
  transfers::WalkNeeds needs{mortal, areas, &archivematica, alarm, clock, entropy, log};
  std::stop_source stop;
  int uploads = 0;
};

}  // namespace strongroom::test

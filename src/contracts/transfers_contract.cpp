#include "contracts/transfers_contract.hpp"

#include <algorithm>
#include <set>

#include "contracts/catalogue_contract_bench.hpp"
#include "contracts/transfers_contract_bench.hpp"

namespace strongroom::contracts {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kHold = minutes(5);

/// A package that nothing is known of but its notification; each number has a sequencer of its own.
Transfer package(int number) {
  Transfer transfer;
  transfer.id = uuid(number);
  transfer.area = "main";
  transfer.bucket = "transfer-source";
  transfer.key = "born-digital/pkg.zip";
  transfer.event = {"ObjectCreated:Put", "2026-07-31T08:00:00.000Z", std::to_string(number), std::nullopt, "", "http"};
  transfer.idempotency_key = "k" + std::to_string(number);
  transfer.created = at(number);
  transfer.modified = at(number);
  transfer.flavour = "catalogued";
  transfer.expected_space = "born-digital";
  transfer.due = at(number);
  return transfer;
}

Result<void> add(Transfers& transfers, const Transfer& transfer) {
  TRY(const AddedTransfer added, transfers.add_transfer({transfer, notice(1)}));
  HOLDS(added.is_new && added.transfer == transfer);
  return {};
}

Result<TransferClaim> claim(Transfers& transfers, Instant now) {
  TRY(auto found, transfers.claim_transfer(now, kHold));
  HOLDS(found.has_value());
  return std::move(*found);
}

Result<std::string> next_claimed(Transfers& transfers, Instant now) {
  TRY(const auto found, transfers.claim_transfer(now, kHold));
  return found ? found->transfer.id : std::string();
}

Deed deed(Instant time) { return {"all", "transfer.dismissed", "transfer x", "done", "r", time}; }

// ---- adding ---------------------------------------------------------------------------------------------------------

Result<void> a_record_is_kept_whole(TransfersUnderTest& test) {
  Transfer transfer = package(1);
  transfer.key = "born-digital/caf\xE9 \"\\\t.zip";
  transfer.findings = {{"META-ROWS", TransferSeverity::problem, "metadata/metadata.csv", 3, "", "\xFF", "two rows"}};
  transfer.logs = {{"failed", transfer.key + ".failed.log", "@@\n", true}};
  TRY_VOID(add(test.transfers, transfer));
  TRY(const auto found, test.transfers.find_transfer(transfer.id));
  HOLDS(found == transfer);
  TRY(const auto nothing, test.transfers.find_transfer(uuid(2)));
  HOLDS(!nothing);
  TRY(const auto told, test.told());
  HOLDS(told.size() == 1 && told[0].kind == "transfer-update" && told[0].space == "born-digital");
  HOLDS(told[0].body == notice(1).body && told[0].time == transfer.modified);
  return {};
}

// A5: equal but for sequencer or version id are two, equal but for the time is one.
Result<void> a5_an_event_is_one_package(TransfersUnderTest& test) {
  const Transfer first = package(1);
  TRY_VOID(add(test.transfers, first));
  Transfer again = package(2);
  again.event = first.event;
  again.event.time = "2026-07-31T09:00:00.000Z";
  again.event.source = "sqs";
  again.event.etag = "e";
  TRY(const AddedTransfer known, test.transfers.add_transfer({again, notice(2)}));
  HOLDS(!known.is_new && known.transfer == first);
  TRY(const auto told, test.told());
  HOLDS(told.size() == 1);
  std::vector<Transfer> others(6, again);
  others[0].event.sequencer = "1 ";
  others[1].event.version_id = "v";
  others[2].event.version_id = "";
  others[3].event.name = "ObjectCreated:Copy";
  others[4].key = "born-digital/pkg2.zip";
  others[5].area = "other";
  for (std::size_t i = 0; i < others.size(); ++i) {
    others[i].id = uuid(static_cast<int>(i) + 10);
    TRY_VOID(add(test.transfers, others[i]));
  }
  return {};
}

Result<void> a5_delivered_at_one_moment_it_is_one(TransfersUnderTest& test) {
  constexpr std::size_t kSides = 8;
  constexpr int kPackages = 20;
  std::vector<Result<int>> added(kSides, 0);
  test.workers.for_each(kSides, kSides, [&](std::size_t side) {
    added[side] = [&]() -> Result<int> {
      int own = 0;
      for (int number = 1; number <= kPackages; ++number) {
        Transfer transfer = package(number);
        transfer.id = uuid(number * 100 + static_cast<int>(side));
        TRY(const AddedTransfer kept, test.transfers.add_transfer({transfer, notice(number)}));
        HOLDS(kept.is_new == (kept.transfer.id == transfer.id));
        own += kept.is_new ? 1 : 0;
      }
      return own;
    }();
  });
  int in_all = 0;
  for (const Result<int>& one : added) {
    TRY(const int own, one);
    in_all += own;
  }
  HOLDS(in_all == kPackages);
  TRY(const auto told, test.told());
  HOLDS(told.size() == kPackages);
  return {};
}

AreaObject seen(const std::string& etag, int second) {
  return {.key = "born-digital/pkg.zip", .etag = etag, .size = 10, .modified = at(second)};
}

/// As a sweep notices it.
Transfer observed(int number, const AreaObject& object) {
  Transfer transfer = package(number);
  transfer.key = object.key;
  transfer.event = {std::string(kObservedEvent),
                    format_instant(object.modified),
                    object.etag + "-t",
                    std::nullopt,
                    object.etag,
                    "sweep"};
  transfer.created = transfer.modified = at(number);
  return transfer;
}

// A13: noticed by a sweep and by its notification, it is one package.
Result<void> a13_noticed_twice_it_is_one(TransfersUnderTest& test) {
  const Transfer swept = observed(1000, seen("e1", 0));
  TRY_VOID(add(test.transfers, swept));
  Transfer told = package(2);
  told.event.etag = "e1";
  TRY(const AddedTransfer attached, test.transfers.add_transfer({told, notice(2)}));
  HOLDS(!attached.is_new && attached.transfer == swept);
  // Of other bytes, or sent after the sweep: another upload.
  Transfer other = package(3);
  other.event.etag = "e2";
  TRY_VOID(add(test.transfers, other));
  Transfer later = package(4);
  later.event.etag = "e1";
  later.event.time = format_instant(at(1001));
  TRY_VOID(add(test.transfers, later));
  // And the other way round.
  TRY(const AddedTransfer found, test.transfers.add_transfer({observed(2000, seen("e2", 20)), notice(5)}));
  HOLDS(!found.is_new && found.transfer == other);
  TRY(const auto about, test.transfers.transfers_of_object("main", seen("e1", 0)));
  HOLDS(about.size() == 2 && about[0] == swept && about[1] == later);
  TRY(const auto elsewhere, test.transfers.transfers_of_object("other", seen("e1", 0)));
  HOLDS(elsewhere.empty());
  return {};
}

Result<void> a_twin_leads_to_its_package(TransfersUnderTest& test) {
  Transfer transfer = package(1);
  transfer.key = "born-digital/pkg.ZIP";
  TRY_VOID(add(test.transfers, transfer));
  TRY(TransferClaim held, claim(test.transfers, at(1)));
  held.transfer.twin = TransferTwin{"born-digital/pkg.zip"};
  TRY_VOID(test.transfers.save_transfer({held.transfer, held.fence}, at(1)));
  Transfer of_twin = package(2);
  TRY(const AddedTransfer attached, test.transfers.add_transfer({of_twin, notice(2)}));
  HOLDS(!attached.is_new && attached.transfer.id == transfer.id);
  TRY(const auto by_twin, test.transfers.transfers_of_key("main", "born-digital/pkg.zip"));
  TRY(const auto by_key, test.transfers.transfers_of_key("main", "born-digital/pkg.ZIP"));
  TRY(const auto by_none, test.transfers.transfers_of_key("main", "born-digital/PKG.zip"));
  HOLDS(by_twin.size() == 1 && by_key == by_twin && by_none.empty());
  held.transfer.twin->object = seen("copy", 10);
  TRY_VOID(test.transfers.save_transfer({held.transfer, held.fence}, at(1)));
  TRY(const auto about, test.transfers.transfers_of_object("main", seen("copy", 10)));
  TRY(const auto foreign, test.transfers.transfers_of_object("main", seen("foreign", 10)));
  HOLDS(about.size() == 1 && foreign.empty());
  of_twin.event.etag = "foreign";
  TRY_VOID(add(test.transfers, of_twin));
  TRY(const auto both, test.transfers.transfers_of_key("main", "born-digital/pkg.zip"));
  HOLDS(both.size() == 2 && both[0].id == transfer.id && both[1].id == of_twin.id);
  return {};
}

// ---- claims ---------------------------------------------------------------------------------------------------------

Result<void> what_is_due_longest_comes_first(TransfersUnderTest& test) {
  const std::vector<int> dues = {30, 10, 20, 10};
  for (int number = 1; number <= 4; ++number) {
    Transfer transfer = package(number);
    transfer.due = at(dues[static_cast<std::size_t>(number) - 1]);
    TRY_VOID(add(test.transfers, transfer));
  }
  Transfer never = package(5);
  never.due.reset();
  never.held = true;
  TRY_VOID(add(test.transfers, never));
  TRY(const std::string early, next_claimed(test.transfers, at(9)));
  TRY(const auto first_due, test.transfers.next_transfer_due());
  HOLDS(early.empty() && first_due == at(10));
  std::vector<std::string> order;
  for (int i = 0; i < 5; ++i) {
    TRY(const std::string id, next_claimed(test.transfers, at(30)));
    order.push_back(id);
  }
  HOLDS(order == std::vector<std::string>({uuid(2), uuid(4), uuid(3), uuid(1), ""}));
  // Held ones may be claimed when their time is over.
  TRY(const auto expiry, test.transfers.next_transfer_due());
  HOLDS(expiry == at(30) + kHold);
  // Due or not, this one.
  TRY(const auto named, test.transfers.claim_transfer(uuid(5), at(30), kHold));
  TRY(const auto twice, test.transfers.claim_transfer(uuid(5), at(31), kHold));
  TRY(const auto unknown, test.transfers.claim_transfer(uuid(6), at(30), kHold));
  HOLDS(named && named->transfer == never && !twice && !unknown);
  return {};
}

Result<void> a_stale_claim_saves_nothing(TransfersUnderTest& test) {
  TRY_VOID(add(test.transfers, package(1)));
  TRY(TransferClaim slow, claim(test.transfers, at(1)));
  TRY_VOID(test.transfers.renew_transfer(slow.transfer.id, slow.fence, at(1) + 2 * kHold));
  TRY(const std::string renewed, next_claimed(test.transfers, at(1) + kHold));
  HOLDS(renewed.empty());
  TRY(TransferClaim quick, claim(test.transfers, at(1) + 2 * kHold));
  HOLDS(quick.fence > slow.fence && quick.transfer == slow.transfer);
  slow.transfer.state = TransferState::rejected;
  REFUSES(Reason::stale_lease, test.transfers.save_transfer({slow.transfer, slow.fence, notice(7)}, at(2)));
  REFUSES(Reason::stale_lease, test.transfers.renew_transfer(slow.transfer.id, slow.fence, at(900)));
  REFUSES(Reason::stale_lease, test.transfers.renew_transfer(uuid(9), 1, at(900)));
  quick.transfer.state = TransferState::checking;
  quick.transfer.due = at(5000);
  TRY_VOID(test.transfers.save_transfer({quick.transfer, quick.fence, notice(8), true}, at(2)));
  TRY(const auto found, test.transfers.find_transfer(quick.transfer.id));
  HOLDS(found == quick.transfer);
  TRY(const auto told, test.told());
  HOLDS(told.size() == 2 && told[1].body == notice(8).body && told[1].time == at(2));
  // Released is released, though nobody else has taken it.
  REFUSES(Reason::stale_lease, test.transfers.save_transfer({quick.transfer, quick.fence}, at(3)));
  REFUSES(Reason::stale_lease, test.transfers.renew_transfer(quick.transfer.id, quick.fence, at(900)));
  TRY(const auto due, test.transfers.next_transfer_due());
  HOLDS(due == at(5000));
  TRY(const TransferClaim third, claim(test.transfers, at(5000)));
  HOLDS(third.fence > quick.fence);
  return {};
}

Result<void> claimed_side_by_side_each_is_held_once(TransfersUnderTest& test) {
  constexpr std::size_t kSides = 8;
  constexpr int kPackages = 40;
  for (int number = 1; number <= kPackages; ++number) TRY_VOID(add(test.transfers, package(number)));
  std::vector<std::vector<std::string>> held(kSides);
  std::vector<Result<void>> ends(kSides, ok());
  test.workers.for_each(kSides, kSides, [&](std::size_t side) {
    ends[side] = [&]() -> Result<void> {
      while (true) {
        TRY(const std::string id, next_claimed(test.transfers, at(100)));
        if (id.empty()) return {};
        held[side].push_back(id);
      }
    }();
  });
  std::set<std::string> different;
  std::size_t in_all = 0;
  for (std::size_t side = 0; side < kSides; ++side) {
    TRY_VOID(ends[side]);
    different.insert(held[side].begin(), held[side].end());
    in_all += held[side].size();
  }
  HOLDS(in_all == kPackages && different.size() == kPackages);
  return {};
}

// ---- operators ------------------------------------------------------------------------------------------------------

Result<void> a_change_needs_what_was_read(TransfersUnderTest& test) {
  const Transfer before = package(1);
  TRY_VOID(add(test.transfers, before));
  TransferSave change{before, 0, notice(2)};
  change.transfer.held = true;
  TRY_VOID(test.transfers.change_transfer(before, change, deed(at(2))));
  TRY(const auto changed, test.transfers.find_transfer(before.id));
  TRY(const auto told, test.told());
  TRY(const std::size_t deeds, test.deeds());
  HOLDS(changed == change.transfer && deeds == 1 && told.size() == 2 && told[1].time == at(2));
  REFUSES(Reason::conflict, test.transfers.change_transfer(before, change, deed(at(3))));
  Transfer unknown = before;
  unknown.id = uuid(7);
  REFUSES(Reason::not_found, test.transfers.change_transfer(unknown, {unknown}, deed(at(3))));
  TRY(const auto still, test.told());
  TRY(const std::size_t no_more, test.deeds());
  HOLDS(still.size() == 2 && no_more == 1);
  return {};
}

Result<void> a_worker_keeps_operators_out(TransfersUnderTest& test) {
  TRY_VOID(add(test.transfers, package(1)));
  TRY(const TransferClaim held, claim(test.transfers, at(1)));
  TransferSave change{held.transfer};
  change.transfer.dismissed = TransferDismissal{"all", at(2), "a test"};
  REFUSES(Reason::conflict, test.transfers.change_transfer(held.transfer, change, deed(at(2))));
  // When its time is over the operator comes first, and the worker is too late.
  const Instant over = at(1) + kHold;
  TRY_VOID(test.transfers.change_transfer(held.transfer, change, deed(over)));
  REFUSES(Reason::stale_lease, test.transfers.save_transfer({held.transfer, held.fence}, over));
  TRY(const auto found, test.transfers.find_transfer(held.transfer.id));
  HOLDS(found == change.transfer);
  return {};
}

// ---- lists ----------------------------------------------------------------------------------------------------------

Result<std::set<std::string>> listed(Transfers& transfers, const TransferFilter& filter) {
  TRY(const TransferPage page, transfers.find_transfers(filter, std::nullopt, 1000));
  HOLDS(!page.next);
  std::set<std::string> ids;
  for (const Transfer& transfer : page.transfers) ids.insert(transfer.id.substr(transfer.id.size() - 1));
  HOLDS(ids.size() == page.transfers.size());
  return ids;
}

using Ids = std::set<std::string>;

Result<void> add_one_of_each(Transfers& transfers) {
  std::vector<Transfer> all;
  for (int number = 0; number < 7; ++number) all.push_back(package(number));
  all[1].area = "other";
  all[2].key = "born-digital-accessions/a.zip";
  all[2].expected_space = "born-digital-accessions";
  all[2].accession_number = "1234";
  all[3].state = TransferState::stored;
  all[3].catalogue_identifier = "LE/MON/1";
  all[3].archivematica = TransferAtArchivematica{"T-1"};
  all[4].state = TransferState::rejected;
  all[4].catalogue_identifier = "1234";
  all[5].delay = TransferDelay{.since = at(5), .cause = "no answer", .next_attempt = at(6), .retried_since = at(5)};
  all[5].archivematica = TransferAtArchivematica{""};
  all[6].state = TransferState::failed;
  all[6].resolved = true;
  all[6].expected_space = "";
  for (const Transfer& transfer : all) TRY_VOID(add(transfers, transfer));
  return {};
}

Result<void> h1_each_filter_leaves_out(TransfersUnderTest& test) {
  TRY_VOID(add_one_of_each(test.transfers));
  const std::vector<std::pair<TransferFilter, Ids>> cases = {
      {{}, {"0", "1", "2", "3", "4", "5", "6"}},
      {{.states = {TransferState::stored}}, {"3"}},
      {{.states = {TransferState::rejected, TransferState::failed}}, {"4", "6"}},
      {{.states = {TransferState::checking}}, {}},
      {{.area = "other"}, {"1"}},
      {{.key = "born-digital-accessions/a.zip"}, {"2"}},
      {{.key = "born-digital"}, {}},
      {{.area = "other", .key = "born-digital/pkg.zip"}, {"1"}},
      {{.key_prefix = "born-digital"}, {"0", "1", "2", "3", "4", "5", "6"}},
      {{.key_prefix = "born-digital-"}, {"2"}},
      {{.key_prefix = ""}, {"0", "1", "2", "3", "4", "5", "6"}},
      {{.identifier = "1234"}, {"2", "4"}},
      {{.identifier = "LE/MON/1"}, {"3"}},
      {{.identifier = ""}, {}},
      {{.transfer_id = "T-1"}, {"3"}},
      {{.transfer_id = ""}, {}},
      {{.delayed = true}, {"5"}},
      {{.delayed = false}, {"0", "1", "2", "3", "4", "6"}},
      {{.unresolved = true}, {"0", "1", "2", "4", "5"}},
      {{.unresolved = false}, {"3", "6"}},
      {{.created_after = at(5)}, {"5", "6"}},
      {{.created_before = at(2)}, {"0", "1"}},
      {{.created_after = at(2), .created_before = at(3)}, {"2"}},
      {{.allowed_spaces = std::vector<std::string>{"born-digital-accessions", "testing"}}, {"2"}},
      {{.allowed_spaces = std::vector<std::string>{}}, {}},
      {{.states = {TransferState::rejected}, .identifier = "1234", .unresolved = true}, {"4"}},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    TRY(const Ids ids, listed(test.transfers, cases[i].first));
    if (ids != cases[i].second) return broken("filter " + std::to_string(i) + " lets others through");
  }
  return {};
}

Result<void> a_filter_sees_what_was_saved(TransfersUnderTest& test) {
  TRY_VOID(add(test.transfers, package(1)));
  TRY(TransferClaim held, claim(test.transfers, at(1)));
  held.transfer.state = TransferState::stored;
  held.transfer.catalogue_identifier = "LE/MON/1";
  held.transfer.archivematica = TransferAtArchivematica{"T-1"};
  held.transfer.bag = TransferBag{"testing", "LE/MON/1", "v1"};
  held.transfer.expected_space = "testing";
  held.transfer.due.reset();
  TRY_VOID(test.transfers.save_transfer({held.transfer, held.fence, std::nullopt, true}, at(1)));
  const TransferFilter all{.states = {TransferState::stored},
                           .identifier = "LE/MON/1",
                           .transfer_id = "T-1",
                           .unresolved = false,
                           .allowed_spaces = std::vector<std::string>{"testing"}};
  TRY(const Ids ids, listed(test.transfers, all));
  HOLDS(ids == Ids{"1"});
  TRY(const Ids open, listed(test.transfers, {.unresolved = true}));
  TRY(const auto due, test.transfers.next_transfer_due());
  HOLDS(open.empty() && !due);
  return {};
}

/// Pages of seven while others are added.
Result<void> h1_paging_visits_each_once(TransfersUnderTest& test) {
  constexpr int kPackages = 120;
  for (int number = 1; number <= kPackages; ++number) {
    Transfer transfer = package(number);
    transfer.created = at(number / 10);  // ten at one instant
    TRY_VOID(add(test.transfers, transfer));
  }
  std::vector<std::string> visited;
  std::optional<TransferPlace> place;
  Instant before = Instant::max();
  int later = kPackages;
  do {
    TRY(const TransferPage page, test.transfers.find_transfers({.area = "main"}, place, 7));
    HOLDS(page.transfers.size() == 7 || (!page.next && page.transfers.size() == 1));
    for (const Transfer& transfer : page.transfers) {
      HOLDS(transfer.created <= before);
      before = transfer.created;
      visited.push_back(transfer.id);
    }
    place = page.next;
    TRY_VOID(add(test.transfers, package(++later)));
  } while (place);
  HOLDS(visited.size() == kPackages && std::set(visited.begin(), visited.end()).size() == kPackages);
  HOLDS(visited.front() == uuid(kPackages) && visited.back() == uuid(1));
  TRY(const TransferPage none, test.transfers.find_transfers({.area = "nowhere"}, std::nullopt, 7));
  HOLDS(none.transfers.empty() && !none.next);
  TRY(const TransferPage whole, test.transfers.find_transfers({.created_before = at(1)}, std::nullopt, 9));
  HOLDS(whole.transfers.size() == 9 && !whole.next);
  return {};
}

// ---- what is stored -------------------------------------------------------------------------------------------------

Result<void> stored_content_is_found(TransfersUnderTest& test) {
  Transfers& transfers = test.transfers;
  const auto find = [&](const std::string& etag, std::uint64_t size) -> Result<std::string> {
    TRY(const auto found, transfers.find_stored_content(etag, size));
    return found ? found->id : std::string();
  };
  Transfer first = package(1);
  first.bound = AreaObject{first.key, std::nullopt, "e", 10, at(1)};
  first.state = TransferState::processing;
  TRY_VOID(add(transfers, first));
  TRY(const std::string not_yet, find("e", 10));
  HOLDS(not_yet.empty());
  TRY(TransferClaim held, claim(transfers, at(1)));
  held.transfer.state = TransferState::stored;
  TRY_VOID(transfers.save_transfer({held.transfer, held.fence, std::nullopt, true}, at(1)));
  TRY(const std::string stored, find("e", 10));
  HOLDS(stored == first.id);
  for (const auto& [etag, size] :
       std::vector<std::pair<std::string, std::uint64_t>>{{"e", 11}, {"f", 10}, {"e ", 10}}) {
    TRY(const std::string other, find(etag, size));
    HOLDS(other.empty());
  }
  Transfer later = package(2);
  later.area = "other";
  later.key = "born-digital/later.zip";
  later.bound = AreaObject{later.key, "v", "e", 10, at(2)};
  later.state = TransferState::stored;
  TRY_VOID(add(transfers, later));
  TRY(const std::string last, find("e", 10));
  HOLDS(last == later.id);
  TRY(const auto version,
      transfers.latest_version({Space::parse("s").value(), ExternalIdentifier::parse("x").value()}));
  HOLDS(!version);
  return {};
}

Result<void> the_tally_tells_how_they_stand(TransfersUnderTest& test) {
  Transfers& transfers = test.transfers;
  TRY(const TransferTally nothing, transfers.transfer_tally());
  HOLDS(!nothing.oldest_unfinished && nothing.messages_aside == 0);
  int number = 0;
  for (const TransferState state : {TransferState::failed, TransferState::stored, TransferState::received,
                                    TransferState::accepted, TransferState::received}) {
    Transfer transfer = package(++number);
    transfer.state = state;
    // A dismissed one is not waited for.
    if (number == 3) transfer.dismissed = TransferDismissal{"ann", at(9), "a test"};
    TRY_VOID(add(transfers, transfer));
  }
  TRY(const TransferTally tally, transfers.transfer_tally());
  HOLDS(tally.packages.at(TransferState::received) == 2 && tally.packages.at(TransferState::stored) == 1);
  HOLDS(tally.packages.at(TransferState::accepted) == 1 && tally.packages.at(TransferState::failed) == 1);
  HOLDS(tally.oldest_unfinished == at(4));
  return {};
}

}  // namespace

std::vector<TransfersCheck> transfers_checks() {
  std::vector<TransfersCheck> checks = {
      {"ARecordIsKeptWhole", a_record_is_kept_whole},
      {"A5_AnEventIsOnePackage", a5_an_event_is_one_package},
      {"A5_DeliveredAtOneMomentItIsOne", a5_delivered_at_one_moment_it_is_one},
      {"A13_NoticedTwiceItIsOne", a13_noticed_twice_it_is_one},
      {"A10_ATwinLeadsToItsPackage", a_twin_leads_to_its_package},
      {"WhatIsDueLongestComesFirst", what_is_due_longest_comes_first},
      {"AStaleClaimSavesNothing", a_stale_claim_saves_nothing},
      {"ClaimedSideBySideEachIsHeldOnce", claimed_side_by_side_each_is_held_once},
      {"AChangeNeedsWhatWasRead", a_change_needs_what_was_read},
      {"AWorkerKeepsOperatorsOut", a_worker_keeps_operators_out},
      {"H1_EachFilterLeavesOut", h1_each_filter_leaves_out},
      {"AFilterSeesWhatWasSaved", a_filter_sees_what_was_saved},
      {"H1_PagingVisitsEachOnce", h1_paging_visits_each_once},
      {"StoredContentIsFound", stored_content_is_found},
      {"TheTallyTellsHowTheyStand", the_tally_tells_how_they_stand},
  };
  std::ranges::move(transfer_fact_checks(), std::back_inserter(checks));
  return checks;
}

}  // namespace strongroom::contracts

// Version numbers: registered for ever, released only when nothing can have been written under them.
#include "contracts/catalogue_contract_bench.hpp"

namespace strongroom::contracts {
namespace {

/// A bag with one ingest in hand.
struct InHand {
  Claim claim;
  Settle settle;
};

Result<InHand> in_hand(CatalogueBench& bench) {
  TRY(const Ingest accepted, bench.accept("a"));
  TRY(Claim claim, bench.claim(bench.ann));
  Settle settle = bench.settle(claim.lease, accepted);
  return InHand{std::move(claim), std::move(settle)};
}

Result<void> write(CatalogueBench& bench, Settle& settle, Write one) {
  settle.writes = {std::move(one)};
  return bench.catalogue->settle(settle);
}

Result<void> registered_is_never_changed(CatalogueBench& bench) {
  TRY(InHand hand, in_hand(bench));
  VersionRow row = bench.version(1, VersionState::reserved, hand.claim.ingest);
  TRY_VOID(write(bench, hand.settle, SaveVersion{row}));
  const BagId bag = hand.claim.lease.bag;
  TRY(const auto hidden, bench.catalogue->find_registered(bag, std::nullopt));
  TRY(const auto hidden_by_number, bench.catalogue->find_registered(bag, Version(1)));
  HOLDS(!hidden && !hidden_by_number);

  row = bench.version(1, VersionState::registered, hand.claim.ingest);
  TRY_VOID(write(bench, hand.settle, SaveVersion{row}));
  TRY(const auto visible, bench.catalogue->find_registered(bag, std::nullopt));
  HOLDS(visible == row);
  TRY_VOID(write(bench, hand.settle, SaveVersion{row}));  // equal: nothing to do

  VersionRow other = row;
  other.registration->byte_count += 1;
  REFUSES(Reason::conflict, write(bench, hand.settle, SaveVersion{other}));
  other = row;
  other.registration->location_uuids.pop_back();
  REFUSES(Reason::conflict, write(bench, hand.settle, SaveVersion{other}));
  other = bench.version(1, VersionState::left_over, hand.claim.ingest);
  REFUSES(Reason::conflict, write(bench, hand.settle, SaveVersion{other}));
  REFUSES(Reason::conflict, write(bench, hand.settle, ReleaseVersion{Version(1)}));
  TRY(const auto unchanged, bench.catalogue->find_registered(bag, Version(1)));
  HOLDS(unchanged == row);
  return {};
}

Result<void> latest_is_the_highest_registered(CatalogueBench& bench) {
  TRY(InHand hand, in_hand(bench));
  const BagId bag = hand.claim.lease.bag;
  for (const int number : {10, 2, 9}) {
    TRY_VOID(
        write(bench, hand.settle, SaveVersion{bench.version(number, VersionState::registered, hand.claim.ingest)}));
  }
  TRY_VOID(write(bench, hand.settle, SaveVersion{bench.version(11, VersionState::left_over, hand.claim.ingest)}));
  TRY(const auto latest, bench.catalogue->find_registered(bag, std::nullopt));
  HOLDS(latest && latest->version == Version(10));
  TRY(const auto second, bench.catalogue->find_registered(bag, Version(2)));
  HOLDS(second && second->version == Version(2));
  TRY(const auto absent, bench.catalogue->find_registered(bag, Version(3)));
  TRY(const auto left_over, bench.catalogue->find_registered(bag, Version(11)));
  TRY(const auto other_bag, bench.catalogue->find_registered(CatalogueBench::bag("b"), std::nullopt));
  HOLDS(!absent && !left_over && !other_bag);
  return {};
}

Result<void> released_only_when_nothing_was_written(CatalogueBench& bench) {
  TRY(InHand hand, in_hand(bench));
  VersionRow row = bench.version(1, VersionState::reserved, hand.claim.ingest);
  TRY_VOID(write(bench, hand.settle, SaveVersion{row}));
  TRY_VOID(write(bench, hand.settle, ReleaseVersion{Version(1)}));
  TRY_VOID(write(bench, hand.settle, ReleaseVersion{Version(1)}));  // again: nothing to do
  TRY(const RunView empty, bench.catalogue->look(hand.claim.lease, hand.claim.ingest));
  HOLDS(empty.versions.empty());

  row.final_write_attempted = true;
  TRY_VOID(write(bench, hand.settle, SaveVersion{row}));
  REFUSES(Reason::conflict, write(bench, hand.settle, ReleaseVersion{Version(1)}));
  // The marker is not forgotten on the way.
  VersionRow forgetful = row;
  forgetful.final_write_attempted = false;
  REFUSES(Reason::conflict, write(bench, hand.settle, SaveVersion{forgetful}));
  row.state = VersionState::left_over;
  TRY_VOID(write(bench, hand.settle, SaveVersion{row}));
  REFUSES(Reason::conflict, write(bench, hand.settle, ReleaseVersion{Version(1)}));
  TRY(const RunView view, bench.catalogue->look(hand.claim.lease, hand.claim.ingest));
  HOLDS(view.versions.size() == 1 && view.versions[0] == row);
  return {};
}

Result<void> number_stays_with_its_ingest(CatalogueBench& bench) {
  TRY(InHand first, in_hand(bench));
  TRY_VOID(write(bench, first.settle, SaveVersion{bench.version(1, VersionState::left_over, first.claim.ingest)}));
  TRY_VOID(bench.end(first.claim, Status::failed));
  TRY(InHand second, in_hand(bench));
  HOLDS(second.claim.lease.bag == first.claim.lease.bag);
  REFUSES(Reason::conflict,
          write(bench, second.settle, SaveVersion{bench.version(1, VersionState::reserved, second.claim.ingest)}));
  REFUSES(Reason::conflict, write(bench, second.settle, ReleaseVersion{Version(1)}));
  return {};
}

Result<void> view_has_the_versions_that_matter(CatalogueBench& bench) {
  TRY(InHand hand, in_hand(bench));
  for (const int number : {1, 2}) {
    TRY_VOID(
        write(bench, hand.settle, SaveVersion{bench.version(number, VersionState::registered, hand.claim.ingest)}));
  }
  for (const int number : {3, 5}) {
    TRY_VOID(write(bench, hand.settle, SaveVersion{bench.version(number, VersionState::left_over, hand.claim.ingest)}));
  }
  TRY_VOID(bench.end(hand.claim, Status::failed));
  TRY(InHand next, in_hand(bench));
  TRY_VOID(write(bench, next.settle, SaveVersion{bench.version(4, VersionState::left_over, next.claim.ingest)}));
  TRY(const RunView view, bench.catalogue->look(next.claim.lease, next.claim.ingest));
  // The latest registered one, this ingest's own, the highest number; not v1, and not v3.
  HOLDS(view.versions.size() == 3);
  HOLDS(view.versions[0].version == Version(2) && view.versions[0].state == VersionState::registered);
  HOLDS(view.versions[1].version == Version(4) && view.versions[1].ingest == next.claim.ingest);
  HOLDS(view.versions[2].version == Version(5) && view.versions[2].ingest == hand.claim.ingest);
  return {};
}

Result<void> a_look_without_lease_has_the_latest_and_the_highest(CatalogueBench& bench) {
  TRY(const auto nothing, bench.catalogue->versions_now(CatalogueBench::bag("a")));
  HOLDS(nothing.empty());
  TRY(InHand hand, in_hand(bench));
  const BagId bag = hand.claim.lease.bag;
  TRY(const auto none_yet, bench.catalogue->versions_now(bag));
  HOLDS(none_yet.empty());
  for (const int number : {1, 2}) {
    TRY_VOID(
        write(bench, hand.settle, SaveVersion{bench.version(number, VersionState::registered, hand.claim.ingest)}));
  }
  TRY(const auto registered, bench.catalogue->versions_now(bag));
  HOLDS(registered.size() == 1);
  HOLDS(registered[0] == bench.version(2, VersionState::registered, hand.claim.ingest));
  TRY_VOID(write(bench, hand.settle, SaveVersion{bench.version(3, VersionState::left_over, hand.claim.ingest)}));
  TRY_VOID(write(bench, hand.settle, SaveVersion{bench.version(4, VersionState::reserved, hand.claim.ingest)}));
  TRY(const auto both, bench.catalogue->versions_now(bag));
  HOLDS(both.size() == 2);
  HOLDS(both[0].version == Version(2) && both[1].version == Version(4));
  HOLDS(both[1].state == VersionState::reserved);
  // The lease is not touched by it.
  TRY_VOID(write(bench, hand.settle, ReleaseVersion{Version(4)}));
  TRY(const auto others, bench.catalogue->versions_now(CatalogueBench::bag("b")));
  HOLDS(others.empty());
  return {};
}

}  // namespace

void add_version_checks(std::vector<CatalogueCheck>& checks) {
  checks.insert(checks.end(),
                {
                    {"RegisteredIsNeverChanged", registered_is_never_changed},
                    {"LatestIsTheHighestRegistered", latest_is_the_highest_registered},
                    {"ReleasedOnlyWhenNothingWasWritten", released_only_when_nothing_was_written},
                    {"NumberStaysWithItsIngest", number_stays_with_its_ingest},
                    {"ViewHasTheVersionsThatMatter", view_has_the_versions_that_matter},
                    {"ALookWithoutLeaseHasTheLatestAndTheHighest", a_look_without_lease_has_the_latest_and_the_highest},
                });
}

}  // namespace strongroom::contracts

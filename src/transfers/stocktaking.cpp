#include "transfers/stocktaking.hpp"

#include <algorithm>

#include "transfers/arrival.hpp"
#include "transfers/following.hpp"
#include "transfers/resolution.hpp"

namespace strongroom::transfers {
namespace {

constexpr std::size_t kPage = 500;
constexpr std::size_t kListed = 1000;
/// A worker's step on a package is over within that time, unless the other side is slow.
constexpr Duration kClaimPatience = std::chrono::seconds(5);
constexpr Duration kClaimPause = std::chrono::milliseconds(250);

/// Archivematica has it, or had it.
bool may_be_stored(const Transfer& transfer) {
  const bool is_wanted = transfer.state == TransferState::accepted || transfer.state == TransferState::processing ||
                         transfer.state == TransferState::failed;
  return is_wanted && transfer.archivematica && !transfer.archivematica->transfer_id.empty();
}

}  // namespace

Result<std::optional<TransferClaim>> claim_soon(Transfers& transfers, Clock& clock, const std::string& id,
                                                const std::stop_token& stop) {
  for (const Duration end = clock.since_boot() + kClaimPatience;;) {
    TRY(auto claim, transfers.claim_transfer(id, clock.now(), InHand::kHold));
    if (claim || clock.since_boot() >= end) return claim;
    if (!clock.wait_until(clock.since_boot() + kClaimPause, stop)) {
      return temporary("asked to stop", {}, Reason::stopped);
    }
  }
}

const AreaInUse* Stocktaking::area_of(const Transfer& transfer) const {
  const auto area = std::ranges::find(needs_.walk.areas, transfer.area, &AreaInUse::name);
  return area == needs_.walk.areas.end() ? nullptr : &*area;
}

// ---- what is found out ----------------------------------------------------------------------------------------------

/// False when the area did not answer: what is on record of it is told all the same.
Result<bool> Stocktaking::sweep(const AreaInUse& area, Adopt adopt) {
  bool is_lost = false;
  const SweepingNeeds needs{needs_.walk.transfers, needs_.walk.clock, needs_.walk.entropy, needs_.walk.journal, [&] {
                              auto mine = still_mine_();
                              is_lost = !mine;
                              return mine;
                            }};
  Sweeping sweeping(needs, settings_.walk, area, adopt, stop_);
  const auto swept = sweeping.sweep();
  if (swept) {
    needs_.walk.alarm.over(problem::sweep(area.name));
    return true;
  }
  if (is_lost) return swept.error();
  needs_.walk.journal.write(LogLevel::error, "sweep_failed", {{"area", area.name}, {"error", swept.error().text()}});
  if (swept.error().act == Act::broken) needs_.walk.alarm.raise(problem::sweep(area.name), swept.error().what);
  return false;
}

Result<void> Stocktaking::sweep_all(Stock& stock) {
  for (std::size_t i = 0; i < needs_.walk.areas.size(); ++i) {
    const AreaInUse& area = needs_.walk.areas[i];
    TRY(const bool swept, sweep(area, i < settings_.adopt.size() ? settings_.adopt[i] : Adopt::hold));
    if (!swept) stock.not_swept.push_back(area.name);
  }
  return {};
}

Result<void> Stocktaking::look_up(const Transfer& transfer) {
  TRY(const auto bag, bag_of(needs_.walk.transfers, settings_.walk.prefixes, transfer));
  if (!bag) return {};
  TRY(auto claim, claim_soon(needs_.walk.transfers, needs_.walk.clock, transfer.id, stop_));
  // Whoever holds it finds the bag, too.
  if (!claim) return {};
  const AreaInUse nowhere{.name = transfer.area, .bucket = transfer.bucket};
  const AreaInUse* const area = area_of(transfer);
  InHand hand(needs_.walk, settings_.walk, area != nullptr ? *area : nowhere, std::move(*claim));
  if (may_be_stored(hand.record())) {
    TRY(const bool found, Following(hand).find_bag());
    if (found) TRY_VOID(resolve_earlier(hand));
  }
  // A worker sees to its notices.
  hand.wait_until(hand.now());
  return hand.let_go();
}

Result<void> Stocktaking::look_up_all() {
  for (bool more = static_cast<bool>(needs_.index_mets); more;) {
    TRY_VOID(still_mine_());
    TRY(more, needs_.index_mets());
  }
  const TransferFilter filter{.states = {TransferState::accepted, TransferState::processing, TransferState::failed}};
  std::optional<TransferPlace> place;
  do {
    TRY(const TransferPage page, needs_.walk.transfers.find_transfers(filter, place, kPage));
    for (const Transfer& transfer : page.transfers) {
      if (!may_be_stored(transfer)) continue;
      TRY_VOID(still_mine_());
      TRY_VOID(look_up(transfer));
    }
    place = page.next;
  } while (place);
  return {};
}

// ---- what is told ---------------------------------------------------------------------------------------------------

Result<bool> Stocktaking::is_gone(const Transfer& transfer) {
  const AreaInUse* const area = area_of(transfer);
  if (transfer.state != TransferState::failed || !transfer.is_unresolved() || area == nullptr) return false;
  TRY_VOID(still_mine_());
  const auto current = area->store->stat(transfer.key);
  if (current) return !current->has_value();
  needs_.walk.journal.write(LogLevel::warning, "package_not_seen",
                            {{"transfer", transfer.id}, {"error", current.error().text()}});
  return false;
}

Result<void> Stocktaking::add(Transfer transfer, Stock& stock) {
  if (settings_.dry && may_be_stored(transfer)) {
    TRY(auto bag, bag_of(needs_.walk.transfers, settings_.walk.prefixes, transfer));
    if (bag) {
      transfer.state = TransferState::stored;
      transfer.bag = std::move(bag);
      stock.found_stored.push_back(transfer);
    }
  }
  ReportFacts facts;
  const bool is_wanted = transfer.state == TransferState::stored && !transfer.reported_stored && transfer.bag;
  if (is_wanted) {
    TRY(facts.safely_stored, is_safely_stored(needs_.safekeeping, *transfer.bag));
  }
  TRY(facts.gone, is_gone(transfer));
  auto entry = report_entry(transfer, facts, needs_.walk.clock.now(), settings_.overdue_after);
  if (entry) stock.entries.push_back(std::move(*entry));
  return {};
}

/// Of a dry report: what a sweep would take.
Result<void> Stocktaking::add_unknown(const AreaInUse& area, Stock& stock) {
  for (std::string after;;) {
    TRY_VOID(still_mine_());
    const auto page = area.store->list(after, kListed);
    if (!page) {
      stock.not_swept.push_back(area.name);
      return {};
    }
    if (page->empty()) return {};
    for (const AreaObject& object : *page) {
      if (!is_package_key(object.key)) continue;
      TRY(const auto known, needs_.walk.transfers.transfers_of_object(area.name, object));
      if (!known.empty()) continue;
      stock.entries.push_back({.kind = ReportClass::in_progress,
                               .id = "",
                               .area = area.name,
                               .key = object.key,
                               .remark = "not on record yet"});
    }
    after = page->back().key;
  }
}

Result<void> Stocktaking::classify(Stock& stock) {
  std::optional<TransferPlace> place;
  do {
    TRY_VOID(still_mine_());
    TRY(TransferPage page, needs_.walk.transfers.find_transfers({}, place, kPage));
    for (Transfer& transfer : page.transfers) TRY_VOID(add(std::move(transfer), stock));
    place = page.next;
  } while (place);
  return {};
}

Result<Stock> Stocktaking::take() {
  Stock stock;
  if (settings_.dry) {
    for (const AreaInUse& area : needs_.walk.areas) TRY_VOID(add_unknown(area, stock));
  } else {
    TRY_VOID(sweep_all(stock));
    TRY_VOID(look_up_all());
  }
  TRY_VOID(classify(stock));
  sort_report(stock.entries);
  return stock;
}

}  // namespace strongroom::transfers

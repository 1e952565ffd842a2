#include "transfers/watching.hpp"

#include <algorithm>
#include <utility>

namespace strongroom::transfers {
namespace {

constexpr Duration kNap = std::chrono::seconds(1);
constexpr Duration kPause = std::chrono::seconds(15);
constexpr std::size_t kPage = 500;
/// After a sweep that failed.
constexpr Duration kSweepAgain = std::chrono::minutes(1);

}  // namespace

Result<std::optional<TransferClaim>> Worker::claim() {
  if (!only_area_.empty()) return claim_in_area();
  return needs_.transfers.claim_transfer(needs_.clock.now(), InHand::kHold);
}

/// Page by page: the queue of packages is one for all areas.
Result<std::optional<TransferClaim>> Worker::claim_in_area() {
  const TransferFilter filter{.area = only_area_};
  std::optional<TransferPlace> place;
  do {
    TRY(const TransferPage page, needs_.transfers.find_transfers(filter, place, kPage));
    for (const Transfer& transfer : page.transfers) {
      const Instant now = needs_.clock.now();
      if (!transfer.due || *transfer.due > now) continue;
      TRY(auto claim, needs_.transfers.claim_transfer(transfer.id, now, InHand::kHold));
      if (claim) return claim;
    }
    place = page.next;
  } while (place);
  return std::optional<TransferClaim>();
}

Result<bool> Worker::work_once() {
  TRY(auto claim, this->claim());
  if (!claim) return false;
  const auto area = std::ranges::find(needs_.areas, claim->transfer.area, &AreaInUse::name);
  if (area == needs_.areas.end()) {
    // Its area is no longer configured: it waits for somebody who has it.
    needs_.alarm.raise(problem::area(claim->transfer.area),
                       "packages of the area " + claim->transfer.area + " wait, and it is not configured");
    claim->transfer.due = needs_.clock.now() + std::chrono::hours(1);
    TRY_VOID(needs_.transfers.save_transfer({std::move(claim->transfer), claim->fence, std::nullopt, true},
                                            needs_.clock.now()));
    return true;
  }
  TRY_VOID(Walk(needs_, settings_, *area, std::move(*claim), stop_).run());
  return true;
}

void Worker::run() {
  std::string told;
  while (!stop_.stop_requested()) {
    const Result<bool> worked = work_once();
    if (worked) {
      told.clear();
      if (!*worked) needs_.clock.wait_until(needs_.clock.since_boot() + kNap, stop_);
      continue;
    }
    // Another worker has taken over: its word counts.
    if (worked.error().reason == Reason::stale_lease) continue;
    if (std::exchange(told, worked.error().text()) != worked.error().text()) {
      needs_.journal.write(LogLevel::error, "transfers_behind", {{"error", told}});
    }
    needs_.clock.wait_until(needs_.clock.since_boot() + kPause, stop_);
  }
}

Sweeper::Sweeper(const SweepingNeeds& needs, Alarm& alarm, const WalkSettings& settings, const AreaInUse& area,
                 const SweeperSettings& times, AreaWatch* watch, std::stop_token stop)
    : needs_(needs),
      alarm_(alarm),
      area_(area),
      times_(times),
      watch_(watch),
      stop_(std::move(stop)),
      sweeping_(needs_, settings, area, times.adopt, stop_) {}

bool Sweeper::sweep_once() {
  const auto swept = sweeping_.sweep();
  const std::string barred = problem::sweep(area_.name);
  if (!swept) {
    needs_.journal.write(LogLevel::error, "sweep_failed", {{"area", area_.name}, {"error", swept.error().text()}});
    if (swept.error().act == Act::broken) alarm_.raise(barred, swept.error().what);
    return false;
  }
  alarm_.over(barred);
  needs_.journal.write(LogLevel::debug, "area_swept",
                       {{"area", area_.name},
                        {"packages", std::to_string(swept->packages)},
                        {"added", std::to_string(swept->added)},
                        {"adopted", std::to_string(swept->adopted)}});
  return true;
}

/// What fails here is found by the next sweep.
void Sweeper::look_at_moving() {
  std::erase_if(moving_, [this](const std::string& key) {
    const auto taken = sweeping_.notice(key);
    return !taken || *taken;
  });
}

/// Returns early when something may have been missed.
void Sweeper::watch_until(Duration until) {
  while (!stop_.stop_requested() && needs_.clock.since_boot() < until) {
    const Duration left = until - needs_.clock.since_boot();
    const auto report = watch_->wait(moving_.empty() ? left : std::min(left, kNap), stop_);
    if (!report) {
      needs_.journal.write(LogLevel::warning, "area_not_watched",
                           {{"area", area_.name}, {"error", report.error().text()}});
      needs_.clock.wait_until(until, stop_);
      return;
    }
    if (report->everything) return;
    moving_.insert(report->keys.begin(), report->keys.end());
    look_at_moving();
  }
}

void Sweeper::run() {
  while (!stop_.stop_requested()) {
    const Duration pause = sweep_once() ? times_.every : std::min(times_.every, kSweepAgain);
    const Duration until = needs_.clock.since_boot() + pause;
    if (watch_ == nullptr) {
      needs_.clock.wait_until(until, stop_);
    } else {
      watch_until(until);
    }
  }
}

}  // namespace strongroom::transfers

#include "transfers/monitor.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace strongroom::transfers {
namespace {

/// Slots up to this one are not made up any more.
constexpr const char* kSince = "monitor.since";
/// `{slot} {first attempt} {last attempt}`, of attempts in vain.
constexpr const char* kAttempts = "monitor.attempts";

constexpr Duration kAgain = std::chrono::hours(1);
/// The clock of the machine may be set meanwhile.
constexpr Duration kNap = std::chrono::minutes(1);
constexpr Duration kPause = std::chrono::seconds(30);

struct Attempts {
  Instant slot;
  Instant first;
  Instant last;
};

std::optional<Attempts> parse_attempts(std::string_view text) {
  const auto words = split(text, ' ');
  if (words.size() != 3) return std::nullopt;
  const auto slot = parse_instant(words[0]);
  const auto first = parse_instant(words[1]);
  const auto last = parse_instant(words[2]);
  if (!slot || !first || !last) return std::nullopt;
  return Attempts{*slot, *first, *last};
}

std::string text_of(const Attempts& attempts) {
  return format_instant(attempts.slot) + " " + format_instant(attempts.first) + " " + format_instant(attempts.last);
}

}  // namespace

Monitor::Monitor(const MonitorNeeds& needs, const MonitorSettings& settings, const Schedule& schedule,
                 std::stop_token stop)
    : needs_(needs),
      schedule_(schedule),
      stop_(stop),
      monitoring_(needs, settings, std::move(stop)),
      tidy_at_(needs.walk.clock.since_boot()) {}

/// A new installation begins with its first slot.
Result<std::optional<Instant>> Monitor::missed_slot() {
  const Instant now = needs_.walk.clock.now();
  TRY(const std::string kept, needs_.walk.transfers.transfer_fact(kSince));
  const auto since = parse_instant(kept);
  TRY(const auto last, monitoring_.last_began());
  if (!since && !last) {
    TRY_VOID(needs_.walk.transfers.set_transfer_fact(kSince, format_instant(now)));
    return std::optional<Instant>();
  }
  const Instant settled = std::max(since.value_or(Instant::min()), last.value_or(Instant::min()));
  const auto slot = schedule_.last_until(now);
  return slot && *slot > settled ? slot : std::nullopt;
}

void Monitor::plan_tidying(const MonitorRun& run) {
  const bool is_left = run.end == RunEnd::busy || run.count(Fate::held) + run.count(Fate::failed) > 0;
  tidy_at_ = is_left ? std::optional(needs_.walk.clock.since_boot() + kAgain) : std::nullopt;
}

/// The report of a slot; how long until the next attempt, or nothing when it has been made or given up.
Result<std::optional<Duration>> Monitor::make_up(Instant slot) {
  Transfers& transfers = needs_.walk.transfers;
  const Instant now = needs_.walk.clock.now();
  TRY(const std::string kept, transfers.transfer_fact(kAttempts));
  auto attempts = parse_attempts(kept);
  if (attempts && attempts->slot != slot) attempts.reset();
  if (attempts && now - attempts->first >= Reporting::kWithin) {
    needs_.walk.journal.write(LogLevel::error, "report_given_up", {{"slot", format_instant(slot)}});
    TRY_VOID(transfers.set_transfer_fact(kSince, format_instant(slot)));
    return std::optional<Duration>();
  }
  if (attempts && now < attempts->last + kAgain) return std::optional(attempts->last + kAgain - now);
  const auto run = monitoring_.run(slot);
  if (run && run->end == RunEnd::done) {
    plan_tidying(*run);
    return std::optional<Duration>();
  }
  if (run && run->end != RunEnd::not_accepted) return std::optional(kNap);
  const std::string& why = run ? run->refusal : run.error().text();
  needs_.walk.journal.write(LogLevel::error, "report_not_made", {{"slot", format_instant(slot)}, {"error", why}});
  const Instant end = needs_.walk.clock.now();
  TRY_VOID(transfers.set_transfer_fact(kAttempts, text_of({slot, attempts ? attempts->first : now, end})));
  return std::optional(kAgain);
}

Result<void> Monitor::tidy() {
  if (!tidy_at_ || needs_.walk.clock.since_boot() < *tidy_at_) return {};
  tidy_at_ = needs_.walk.clock.since_boot() + kAgain;
  TRY(const MonitorRun run, monitoring_.tidy());
  plan_tidying(run);
  return {};
}

Result<Duration> Monitor::look() {
  TRY(const auto slot, missed_slot());
  Duration pause = kNap;
  if (slot) {
    TRY(const auto again, make_up(*slot));
    if (again) pause = std::min(pause, *again);
  }
  if (!stop_.stop_requested()) TRY_VOID(tidy());
  if (const auto next = schedule_.next_after(needs_.walk.clock.now())) {
    pause = std::min(pause, *next - needs_.walk.clock.now());
  }
  return std::max<Duration>(pause, std::chrono::milliseconds(100));
}

void Monitor::run() {
  Result<void> probed = monitoring_.probe();
  std::string told;
  while (!stop_.stop_requested()) {
    const Result<Duration> looked = probed ? look() : Result<Duration>(probed.error());
    probed = {};
    if (looked) {
      told.clear();
    } else if (std::exchange(told, looked.error().text()) != looked.error().text()) {
      needs_.walk.journal.write(LogLevel::error, "monitor_behind", {{"error", told}});
    }
    needs_.walk.clock.wait_until(needs_.walk.clock.since_boot() + (looked ? *looked : kPause), stop_);
  }
}

}  // namespace strongroom::transfers

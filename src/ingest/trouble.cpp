#include "ingest/trouble.hpp"

#include <algorithm>
#include <array>

namespace strongroom::ingest {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// `24 hours`, `90 minutes`: the limit in the largest unit that shows it exactly.
std::string limit_text(Duration limit) {
  const auto whole = [](std::int64_t n, const char* unit) {
    return std::to_string(n) + " " + unit + (n == 1 ? "" : "s");
  };
  const auto s = std::chrono::duration_cast<seconds>(limit).count();
  if (s % 3600 == 0) return whole(s / 3600, "hour");
  if (s % 60 == 0) return whole(s / 60, "minute");
  return whole(s, "second");
}

Verdict failed(StepRecord step, const TroubleContext& context, const std::string& detail) {
  step.state = StepState::failed;
  step.ended = context.now;
  return Verdict{std::move(step), failed_text(context.step_name, detail), std::nullopt};
}

std::string internal_error(const TroubleContext& context) {
  return "internal error, quote request " + context.request_id;
}

/// The reason in a few words, as an event may show it (domain-rules.md 4.4).
std::string_view few_words(const Error& error) {
  return error.reason == Reason::no_space ? std::string_view("full disk") : std::string_view(error.what);
}

/// A `retrying` event on the first trouble, and then at most once per interval.
std::optional<std::string> retry_event(const RetryPolicy& policy, StepRecord& step, const Error& error,
                                       const TroubleContext& context) {
  if (step.last_retry_event && context.now - *step.last_retry_event < policy.event_interval) return std::nullopt;
  step.last_retry_event = context.now;
  return retrying_text(context.step_name, few_words(error));
}

}  // namespace

Duration transient_delay(const RetryPolicy& policy, int tries, double fraction) {
  Duration delay = policy.first_delay;
  for (int i = 1; i < tries && delay < policy.longest_delay; ++i) delay *= 2;
  delay = std::min(delay, policy.longest_delay);
  const auto half = static_cast<double>(delay.count()) * 0.5;
  return Duration(static_cast<std::int64_t>(half + 2.0 * half * fraction));
}

std::optional<Duration> fault_delay(int faults) {
  static constexpr std::array<Duration, 3> kDelays = {seconds(10), minutes(1), minutes(5)};
  CHECK(faults >= 1);
  const auto at = static_cast<std::size_t>(faults - 1);
  return at < kDelays.size() ? std::optional(kDelays[at]) : std::nullopt;
}

std::optional<Duration> loss_delay(int losses) {
  static constexpr std::array<Duration, 5> kDelays = {seconds(0), seconds(0), seconds(0), seconds(10), minutes(1)};
  CHECK(losses >= 1);
  const auto at = static_cast<std::size_t>(losses - 1);
  return at < kDelays.size() ? std::optional(kDelays[at]) : std::nullopt;
}

Verdict judge(const RetryPolicy& policy, StepRecord step, const Error& error, const TroubleContext& context) {
  if (error.act == Act::rejected && !context.past_no_return) return failed(std::move(step), context, error.what);
  if (error.act == Act::broken && !context.past_no_return) {
    step.faults += 1;
    const auto delay = fault_delay(step.faults);
    if (!delay) return failed(std::move(step), context, internal_error(context));
    return Verdict{std::move(step), std::nullopt, delay};
  }
  if (!step.first_trouble) step.first_trouble = context.now;
  if (!context.past_no_return && context.now - *step.first_trouble >= policy.time_limit) {
    const std::string reason(few_words(error));
    return failed(std::move(step), context, "gave up after " + limit_text(policy.time_limit) + ": " + reason);
  }
  auto event = retry_event(policy, step, error, context);
  const Duration delay = transient_delay(policy, step.attempts, context.fraction);
  return Verdict{std::move(step), std::move(event), delay};
}

Verdict judge_loss(StepRecord step, const TroubleContext& context) {
  const bool got_further = step.losses > 0 && step.high_water > step.mark_at_loss;
  step.losses = got_further ? 1 : step.losses + 1;
  step.mark_at_loss = step.high_water;
  const auto delay = loss_delay(step.losses);
  if (!delay && !context.past_no_return) return failed(std::move(step), context, internal_error(context));
  return Verdict{std::move(step), std::nullopt, delay.value_or(minutes(5))};
}

}  // namespace strongroom::ingest

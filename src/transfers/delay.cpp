#include "transfers/delay.hpp"

#include <algorithm>
#include <cmath>

namespace strongroom::transfers {
namespace {

constexpr Duration kFirstPause = std::chrono::seconds(30);
constexpr Duration kLongestPause = std::chrono::minutes(15);
constexpr Duration kRetryAfterMax = std::chrono::hours(1);
/// Pauses after this many attempts are the longest.
constexpr int kDoublings = 5;
constexpr double kSpread = 0.2;

/// 30 s, 1, 2, 4, 8 min, then 15 min.
Duration pause_after(int attempts) {
  if (attempts > kDoublings) return kLongestPause;
  return kFirstPause * (1 << (attempts - 1));
}

}  // namespace

TransferDelay delayed_again(const std::optional<TransferDelay>& before, const Trouble& trouble, Instant now,
                            double chance) {
  TransferDelay delay{.since = now, .cause = trouble.cause, .next_attempt = now, .retried_since = now};
  delay.operator_problem = trouble.operator_problem;
  if (before) {
    delay.since = before->since;
    delay.attempts = before->attempts + 1;
    const bool goes_on = !before->operator_problem && !trouble.operator_problem;
    if (goes_on) delay.retried_since = before->retried_since;
  }
  const double spread = 1 - kSpread + 2 * kSpread * chance;
  const auto pause = Duration(std::llround(static_cast<double>(pause_after(delay.attempts).count()) * spread));
  delay.next_attempt = now + std::max(pause, std::min(trouble.retry_after.value_or(Duration(0)), kRetryAfterMax));
  return delay;
}

bool is_given_up(const TransferDelay& delay, Duration retry_for, Instant now) {
  return !delay.operator_problem && now - delay.retried_since >= retry_for;
}

}  // namespace strongroom::transfers

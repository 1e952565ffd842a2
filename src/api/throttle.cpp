#include "api/throttle.hpp"

#include "base/digest.hpp"

namespace strongroom::api {
namespace {

constexpr int kFailuresMax = 10;
constexpr Duration kWindow = std::chrono::seconds(60);
/// Pairs remembered at once. Each costs an attacker a hash of some 50 ms, so that it cannot be filled within a minute.
constexpr std::size_t kPairsMax = 20'000;

/// Of fixed length: what a client calls itself may be long.
std::string key_of(std::string_view client, std::string_view address) {
  return digest_of(Algorithm::sha256, std::string(address) + '\n' + std::string(client)).hex();
}

}  // namespace

std::optional<std::int64_t> Throttle::wait_for(std::string_view client, std::string_view address, Duration now) {
  const std::lock_guard lock(mutex_);
  const auto found = windows_.find(key_of(client, address));
  if (found == windows_.end()) return std::nullopt;
  const Duration left = found->second.began + kWindow - now;
  if (left <= Duration::zero()) {
    windows_.erase(found);
    return std::nullopt;
  }
  if (found->second.failures < kFailuresMax) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(left).count();
}

void Throttle::count_failure(std::string_view client, std::string_view address, Duration now) {
  const std::lock_guard lock(mutex_);
  if (windows_.size() >= kPairsMax) drop_old(now);
  Window& window = windows_[key_of(client, address)];
  if (window.failures == 0 || now - window.began >= kWindow) window = Window{now, 0};
  ++window.failures;
}

void Throttle::drop_old(Duration now) {
  std::erase_if(windows_, [&](const auto& entry) { return now - entry.second.began >= kWindow; });
  if (windows_.size() >= kPairsMax) windows_.clear();
}

}  // namespace strongroom::api

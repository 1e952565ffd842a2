// Keys of a provider, kept until shortly before they end.
//
// Any thread; whoever asks while others are fetched waits for them.
#pragma once

#include <functional>
#include <mutex>
#include <optional>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "ports/clock.hpp"

namespace strongroom::cloud {

template <class Keys>
struct FetchedKeys {
  Keys keys{};
  std::optional<Instant> until{};  ///< nothing: for ever
};

template <class Keys>
class KeptKeys {
 public:
  using Fetch = std::function<Result<FetchedKeys<Keys>>()>;

  /// The clock outlives it.
  explicit KeptKeys(Clock& clock) : clock_(clock) {}

  /// Keys that are good for some minutes, fetched where those at hand are not.
  Result<Keys> get(const Fetch& fetch) {
    constexpr Duration kBeforeTheEnd = std::chrono::minutes(5);
    const std::scoped_lock lock(mutex_);
    if (held_ && is_good_at(clock_.now() + kBeforeTheEnd)) return held_->keys;
    Result<FetchedKeys<Keys>> fetched = fetch();
    // What is still good for a moment is better than nothing.
    if (!fetched && held_ && is_good_at(clock_.now())) return held_->keys;
    if (!fetched) return std::move(fetched).error();
    held_ = std::move(*fetched);
    return held_->keys;
  }

  /// The provider does not take these: the next call fetches others.
  void distrust(const Keys& keys) {
    const std::scoped_lock lock(mutex_);
    if (held_ && held_->keys == keys) held_.reset();
  }

 private:
  [[nodiscard]] bool is_good_at(Instant when) const { return !held_->until || when < *held_->until; }

  Clock& clock_;
  std::mutex mutex_;
  std::optional<FetchedKeys<Keys>> held_;
};

}  // namespace strongroom::cloud

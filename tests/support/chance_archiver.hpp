// ChanceArchiver: the archive tier of a provider in memory, which fails by chance and takes its time.
//
// One of two kinds: a restore brings an object back for good, as in Azure, or gives it a copy for some days, as in S3.
// Calls may come from several threads.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>

#include "ports/archiver.hpp"

namespace strongroom::testing_support {

class ChanceArchiver final : public Archiver {
 public:
  enum class State : std::uint8_t { readable, asked, archived, coming, restored };
  std::map<std::string, State> objects;
  double fault_rate = 0;
  bool is_slow = false;                               ///< what is asked for happens in move()
  bool gives_copies = false;                          ///< restores are for a while
  Instant until = instant_of(1'800'000'000'000'000);  ///< of those copies
  int asks = 0;
  int restores = 0;
  int looks = 0;
  std::mt19937 chance{3};

  Result<std::vector<TieredObject>> list(const std::string& prefix, const std::string& after,
                                         std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    if (fails()) return temporary("cut");
    std::vector<TieredObject> page;
    for (const auto& [key, state] : objects) {
      if (!key.starts_with(prefix) || key <= after || page.size() >= limit) continue;
      page.push_back({key, state != State::readable && state != State::asked});
    }
    return page;
  }
  Result<void> archive(const std::string& key) override {
    const std::lock_guard lock(mutex_);
    ++asks;
    return change(key, State::readable, is_slow ? State::asked : State::archived);
  }
  Result<TierView> look(const std::string& key) override {
    const std::lock_guard lock(mutex_);
    ++looks;
    if (fails()) return temporary("cut");
    switch (objects.at(key)) {
      case State::archived:
        return TierView{Readability::archived};
      case State::coming:
        return TierView{Readability::coming};
      case State::restored:
        return TierView{Readability::restored, until};
      case State::readable:
      case State::asked:
        break;
    }
    return TierView{Readability::readable};
  }
  Result<void> restore(const std::string& key, int /*days*/) override {
    const std::lock_guard lock(mutex_);
    ++restores;
    return change(key, State::archived, is_slow ? State::coming : back());
  }
  [[nodiscard]] Duration restored_within() const override { return std::chrono::hours(5); }

  /// The provider gets on with what it was asked for.
  void move() {
    const std::lock_guard lock(mutex_);
    for (auto& [key, state] : objects) {
      if (state == State::asked) state = State::archived;
      if (state == State::coming) state = back();
    }
  }
  std::size_t count(State state) {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(
        std::ranges::count_if(objects, [&](const auto& one) { return one.second == state; }));
  }

 private:
  [[nodiscard]] State back() const { return gives_copies ? State::restored : State::readable; }
  bool fails() { return std::uniform_real_distribution<>(0, 1)(chance) < fault_rate; }
  Result<void> change(const std::string& key, State from, State to) {
    const bool is_lost = fails();
    // Half of the time it has been done, and only the answer is lost.
    if (is_lost && chance() % 2 == 0) return temporary("cut");
    if (objects.at(key) == from) objects[key] = to;
    if (is_lost) return temporary("lost");
    return {};
  }

  std::mutex mutex_;
};

}  // namespace strongroom::testing_support

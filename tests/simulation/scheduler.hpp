// Scheduler: several simulated processes, each on a thread of its own, of which one runs at a time. At every port event
// the running one hands the baton to whoever the seed says. Time moves only when all of them wait. Deterministic.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <vector>

#include "base/check.hpp"
#include "base/instant.hpp"

namespace strongroom::simulation {

class Scheduler {
 public:
  Scheduler(std::uint64_t seed, std::size_t processes) : random_(seed), processes_(processes) {}

  /// The number of the thread that runs. Only meaningful to it.
  [[nodiscard]] std::size_t current() const { return current_; }
  [[nodiscard]] Duration elapsed() const { return elapsed_; }
  /// A throw of the seed's dice; called by the thread that runs.
  std::uint64_t dice() { return random_(); }

  /// Called first by each thread: waits for its first turn.
  void enter(std::size_t self) {
    std::unique_lock lock(mutex_);
    entered_ += 1;
    turn_.notify_all();
    turn_.wait(lock, [&] { return entered_ == processes_.size() && current_ == self; });
  }
  /// Hands the baton to anybody who can run, perhaps to itself.
  void yield() {
    std::unique_lock lock(mutex_);
    pass_on(lock, current_);
  }
  /// Waits until simulated time reaches `until`.
  void sleep_until(Duration until) {
    std::unique_lock lock(mutex_);
    processes_[current_].wakes = until;
    pass_on(lock, current_);
  }
  /// The thread is at its end.
  void leave() {
    std::unique_lock lock(mutex_);
    processes_[current_].left = true;
    choose();
    turn_.notify_all();
  }

 private:
  struct Process {
    Duration wakes{};
    bool left = false;
  };

  void pass_on(std::unique_lock<std::mutex>& lock, std::size_t self) {
    choose();
    if (current_ == self) return;
    turn_.notify_all();
    turn_.wait(lock, [&] { return current_ == self; });
  }

  void choose() {
    std::vector<std::size_t> ready;
    std::optional<Duration> earliest;
    for (std::size_t i = 0; i < processes_.size(); ++i) {
      if (processes_[i].left) continue;
      if (processes_[i].wakes <= elapsed_) ready.push_back(i);
      earliest = std::min(earliest.value_or(processes_[i].wakes), processes_[i].wakes);
    }
    if (!earliest) return;  // the last one has left
    if (ready.empty()) {
      elapsed_ = *earliest;
      choose();
      return;
    }
    current_ = ready[random_() % ready.size()];
  }

  std::mt19937_64 random_;
  std::mutex mutex_;
  std::condition_variable turn_;
  std::vector<Process> processes_;
  std::size_t entered_ = 0;
  std::size_t current_ = 0;
  Duration elapsed_{0};
};

}  // namespace strongroom::simulation

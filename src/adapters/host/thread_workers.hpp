// A bounded pool of threads for work side by side: the port `Workers` on real threads.
//
// The caller of for_each works too, so a call always ends, however many wait for the pool and however deep calls are
// nested. All calls may come from any thread. Destroy the pool only when no for_each is running.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "ports/workers.hpp"

namespace strongroom::host {

/// Processors this process may use, at least one.
[[nodiscard]] std::size_t core_count();

class ThreadWorkers final : public Workers {
 public:
  /// `threads` helpers beside the callers; none is legal, every call then runs on its caller alone.
  explicit ThreadWorkers(std::size_t threads);
  ~ThreadWorkers() override;
  ThreadWorkers(const ThreadWorkers&) = delete;
  ThreadWorkers& operator=(const ThreadWorkers&) = delete;

  void for_each(std::size_t count, std::size_t limit, const std::function<void(std::size_t)>& work) override;
  /// On a thread of its own, whatever the pool is doing: lanes wait for each other.
  std::unique_ptr<Lane> lane() override;

 private:
  struct Batch;

  void help(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any work_came_;
  std::deque<std::shared_ptr<Batch>> open_;  ///< batches that can take another helper, oldest first
  std::vector<std::jthread> threads_;
};

}  // namespace strongroom::host

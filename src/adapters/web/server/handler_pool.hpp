// The threads that call the HttpHandler: a plain queue of jobs.
//
// The queue needs no bound of its own: a connection has at most one job in it, and connections are bounded. submit()
// may be called from any thread; start() and stop() by the owner only.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace strongroom::web {

class HandlerPool {
 public:
  HandlerPool() = default;
  ~HandlerPool() { stop(); }
  HandlerPool(const HandlerPool&) = delete;
  HandlerPool& operator=(const HandlerPool&) = delete;

  /// May throw std::system_error when the system gives no more threads.
  void start(std::size_t threads);
  void submit(std::function<void()> job);
  /// Runs what is queued, then ends the threads.
  void stop();

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace strongroom::web

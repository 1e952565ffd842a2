#include "adapters/host/thread_workers.hpp"

#include <algorithm>
#include <atomic>

#include "base/check.hpp"

namespace strongroom::host {

/// One call of for_each. `next` is taken by whoever is free; the rest is guarded by the pool's mutex.
struct ThreadWorkers::Batch {
  const std::function<void(std::size_t)>& work;
  const std::size_t count;
  std::size_t free_places;  ///< helpers that may still join
  std::size_t helpers = 0;  ///< that have joined and not left
  std::atomic<std::size_t> next = 0;
  std::condition_variable all_left;

  void run() {
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) work(i);
  }
};

namespace {

class ThreadLane final : public Lane {
 public:
  ThreadLane() : thread_([this](const std::stop_token& stop) { work_off(stop); }) {}
  ~ThreadLane() override { drain(); }
  ThreadLane(const ThreadLane&) = delete;
  ThreadLane& operator=(const ThreadLane&) = delete;

  void post(std::function<void()> work) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() < kWaitingMax; });
    waiting_.push_back(std::move(work));
    changed_.notify_all();
  }
  void drain() override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.empty() && !busy_; });
  }

 private:
  void work_off(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
      std::function<void()> work = std::move(waiting_.front());
      waiting_.pop_front();
      busy_ = true;
      if (waiting_.size() == kWaitingMax - 1) changed_.notify_all();
      lock.unlock();
      work();
      work = {};  // with what it holds
      lock.lock();
      busy_ = false;
      if (waiting_.empty()) changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> waiting_;
  bool busy_ = false;
  std::jthread thread_;  ///< last: it uses the others
};

}  // namespace

std::unique_ptr<Lane> ThreadWorkers::lane() { return std::make_unique<ThreadLane>(); }

std::size_t core_count() { return std::max(1U, std::thread::hardware_concurrency()); }

ThreadWorkers::ThreadWorkers(std::size_t threads) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { help(stop); });
  }
}

ThreadWorkers::~ThreadWorkers() {
  const std::lock_guard lock(mutex_);
  CHECK(open_.empty());
  for (std::jthread& thread : threads_) thread.request_stop();
}

void ThreadWorkers::for_each(std::size_t count, std::size_t limit, const std::function<void(std::size_t)>& work) {
  CHECK(limit > 0);
  const std::size_t helpers = std::min({count, limit, threads_.size() + 1});
  if (helpers < 2) {
    for (std::size_t i = 0; i < count; ++i) work(i);
    return;
  }
  const auto batch = std::make_shared<Batch>(work, count, helpers - 1);
  {
    const std::lock_guard lock(mutex_);
    open_.push_back(batch);
  }
  for (std::size_t i = 1; i < helpers; ++i) work_came_.notify_one();
  batch->run();
  std::unique_lock lock(mutex_);
  std::erase(open_, batch);
  batch->all_left.wait(lock, [&] { return batch->helpers == 0; });
}

void ThreadWorkers::help(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (work_came_.wait(lock, stop, [this] { return !open_.empty(); })) {
    const std::shared_ptr<Batch> batch = open_.front();
    ++batch->helpers;
    if (--batch->free_places == 0) open_.pop_front();
    lock.unlock();
    batch->run();
    lock.lock();
    // Nothing is left of it: nobody else needs to look at it.
    std::erase(open_, batch);
    if (--batch->helpers == 0) batch->all_left.notify_all();
  }
}

}  // namespace strongroom::host

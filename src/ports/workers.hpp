// Work side by side, bounded. Inline in the simulation, so that a seed decides the order.
// All calls may come from any thread, from within work too.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace strongroom {

/// Work in a line, one piece after the other, beside whoever posts it. One poster; its end waits for what was posted.
class Lane {
 public:
  /// So many pieces wait at most.
  static constexpr std::size_t kWaitingMax = 6;

  virtual ~Lane() = default;
  /// Has it done after everything that was posted before; blocks while too much waits. `work` must not throw.
  virtual void post(std::function<void()> work) = 0;
  /// Returns when everything that was posted is done.
  virtual void drain() = 0;
};

/// Does each piece at once, in the thread that posts it.
class InlineLane final : public Lane {
 public:
  void post(std::function<void()> work) override { work(); }
  void drain() override {}
};

class Workers {
 public:
  virtual ~Workers() = default;
  /// Calls work(0) … work(count-1), each once, at most `limit` at a time, and returns when all have returned. `work`
  /// must not throw. May be called from within work.
  virtual void for_each(std::size_t count, std::size_t limit, const std::function<void(std::size_t)>& work) = 0;
  /// A line beside the caller's, where there are threads for it.
  virtual std::unique_ptr<Lane> lane() { return std::make_unique<InlineLane>(); }
};

}  // namespace strongroom

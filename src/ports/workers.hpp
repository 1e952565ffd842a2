// Work side by side, bounded. Inline in the simulation, so that a seed decides the order.
// All calls may come from any thread, from within work too.
#pragma once

#include <cstddef>
#include <functional>

namespace strongroom {

class Workers {
 public:
  virtual ~Workers() = default;
  /// Calls work(0) … work(count-1), each once, at most `limit` at a time, and returns when all have returned. `work`
  /// must not throw. May be called from within work.
  virtual void for_each(std::size_t count, std::size_t limit, const std::function<void(std::size_t)>& work) = 0;
};

}  // namespace strongroom

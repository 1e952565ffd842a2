// Watching a transfer area that can tell by itself what changes in it (transfers.md 3.4).
//
// A hint and no more: what it misses is found by the sweep, and what it names need not exist, or be a package. One
// thread at a time.
#pragma once

#include <set>
#include <stop_token>
#include <string>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace strongroom {

struct WatchReport {
  std::set<std::string> keys;  ///< that were written or got their name since the last report
  bool everything = false;     ///< something may have been missed: the whole area is to be swept
};

class AreaWatch {
 public:
  virtual ~AreaWatch() = default;
  /// Waits until something changes, at most so long, or until a stop is asked for; what has changed since the last
  /// call. The report may be empty. Where watching is impossible it waits all the time, and says nothing.
  virtual Result<WatchReport> wait(Duration up_to, std::stop_token stop) = 0;
};

}  // namespace strongroom

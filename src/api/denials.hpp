// Denied access, recorded once per client, reason and minute: a flood must not fill the disk (CORRECTNESS 3.6).
//
// Remembers the last minute of each client and reason in memory; there are few of both. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "base/instant.hpp"
#include "domain/identifiers.hpp"

namespace strongroom::api {

class Denials {
 public:
  /// True when this one is to be recorded.
  bool is_news(const ClientId& client, const std::string& reason, Instant now);

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Instant> last_;  ///< when it was recorded
};

}  // namespace strongroom::api

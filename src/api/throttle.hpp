// Failed client authentications, counted per client id and address (http-api.md 3.1).
//
// Ten within a minute, and the pair has to wait for the rest of that minute. Memory is bounded. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"

namespace strongroom::api {

class Throttle {
 public:
  /// Whole seconds the pair has to wait, at least 1; nothing when it may try. `now` is Clock::since_boot().
  [[nodiscard]] std::optional<std::int64_t> wait_for(std::string_view client, std::string_view address, Duration now);
  void count_failure(std::string_view client, std::string_view address, Duration now);

 private:
  struct Window {
    Duration began{};
    int failures = 0;
  };
  void drop_old(Duration now);

  std::mutex mutex_;
  std::map<std::string, Window> windows_;
};

}  // namespace strongroom::api

// Structured log lines: an event name and fields. Never a secret, a query string or a token.
// All calls may come from any thread, and none fails.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace strongroom {

enum class LogLevel : unsigned char { debug, info, warning, error };

using LogFields = std::initializer_list<std::pair<std::string_view, std::string>>;

class Log {
 public:
  virtual ~Log() = default;
  /// One line. Any thread; never fails, never waits long.
  virtual void write(LogLevel level, std::string_view event, LogFields fields) = 0;
};

}  // namespace strongroom

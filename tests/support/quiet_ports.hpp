// Ports that do the least there is to do: a log that keeps nothing, workers that are the caller alone.
// Any thread.
#pragma once

#include "ports/log.hpp"
#include "ports/workers.hpp"

namespace strongroom::test {

class SilentLog final : public Log {
 public:
  void write(LogLevel, std::string_view, LogFields) override {}
};

/// Nothing here works side by side.
class InlineWorkers final : public Workers {
 public:
  void for_each(std::size_t count, std::size_t /*limit*/, const std::function<void(std::size_t)>& work) override {
    for (std::size_t i = 0; i < count; ++i) work(i);
  }
};

}  // namespace strongroom::test

#include "adapters/host/structured_log.hpp"

#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <mutex>

namespace strongroom::host {
namespace {

constexpr int kPatienceMilliseconds = 100;

/// Lines to a descriptor. spdlog's own sinks would wait for ever on a full pipe.
class DescriptorSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  DescriptorSink(const LogOptions& options, Clock& clock)
      : format_(options.format), clock_(clock), descriptor_(options.descriptor) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string line(message.payload.data(), message.payload.size());
    line += '\n';
    if (dropped_ > 0) {
      const std::string notice = format_log_line(format_, clock_.now(), LogLevel::warning, "log_lines_dropped",
                                                 {{"count", std::to_string(dropped_)}});
      if (!send(notice + '\n')) {
        ++dropped_;
        return;
      }
      dropped_ = 0;
    }
    if (!send(line)) ++dropped_;
  }
  void flush_() override {}

 private:
  bool send(std::string_view text) const {
    while (!text.empty()) {
      pollfd wanted{descriptor_, POLLOUT, 0};
      if (poll(&wanted, 1, kPatienceMilliseconds) <= 0) return false;
      const ssize_t sent = ::write(descriptor_, text.data(), text.size());
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  const LogFormat format_;
  Clock& clock_;
  const int descriptor_;
  std::uint64_t dropped_ = 0;
};

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

class StructuredLog final : public Log {
 public:
  StructuredLog(const LogOptions& options, Clock& clock)
      : format_(options.format),
        clock_(clock),
        logger_("strongroom", std::make_shared<DescriptorSink>(options, clock)) {
    logger_.set_level(level_of(options.level));
    logger_.set_error_handler([](const std::string&) {});
  }

  void write(LogLevel level, std::string_view event, LogFields fields) override {
    const spdlog::level::level_enum importance = level_of(level);
    if (!logger_.should_log(importance)) return;
    try {
      const std::string line = format_log_line(format_, clock_.now(), level, event, fields);
      logger_.log(importance, spdlog::string_view_t(line.data(), line.size()));
    } catch (...) {  // NOLINT(bugprone-empty-catch): out of memory; a log line is no reason to stop
    }
  }

 private:
  const LogFormat format_;
  Clock& clock_;
  spdlog::logger logger_;
};

}  // namespace

std::unique_ptr<Log> make_log(const LogOptions& options, Clock& clock) {
  return std::make_unique<StructuredLog>(options, clock);
}

}  // namespace strongroom::host

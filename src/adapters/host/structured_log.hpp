// The log on standard error (or another descriptor): one structured line per event, written with one system call.
//
// Any thread may write. It never fails and never waits long: a line that the descriptor does not take within a tenth of
// a second is dropped, and the next line that gets through says how many were.
#pragma once

#include <memory>

#include "adapters/host/log_line.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"

namespace strongroom::host {

struct LogOptions {
  LogFormat format = LogFormat::logfmt;
  LogLevel level = LogLevel::info;  ///< less important lines are not written
  int descriptor = 2;               ///< stays open as long as the log lives
};

/// `clock` dates the lines and must outlive the log.
[[nodiscard]] std::unique_ptr<Log> make_log(const LogOptions& options, Clock& clock);

}  // namespace strongroom::host

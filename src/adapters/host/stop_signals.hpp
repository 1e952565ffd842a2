// SIGTERM and SIGINT as a stop token: the service ends what it is doing and leaves.
//
// Make one in main() before any other thread is started, since threads inherit which signals are blocked. A second
// signal while stopping ends the process at once, which the archive survives like any crash. SIGHUP calls what
// on_reload() was given; SIGPIPE is ignored for good.
#pragma once

#include <csignal>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "base/result.hpp"

namespace strongroom::host {

class StopSignals {
 public:
  [[nodiscard]] static Result<std::unique_ptr<StopSignals>> watch();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Stopped by the first SIGTERM or SIGINT. Any thread.
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

  /// What SIGHUP does from now on: `reload` is called on the watching thread. An empty one ends it; when this returns,
  /// the one before is not running any more. Any thread, but not from within `reload`.
  void on_reload(std::function<void()> reload);

 private:
  StopSignals() = default;
  void listen();

  std::stop_source source_;
  std::mutex mutex_;
  std::function<void()> reload_;
  sigset_t before_{};
  int signals_ = -1;
  int wake_ = -1;
  std::thread thread_;
};

}  // namespace strongroom::host

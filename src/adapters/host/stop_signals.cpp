#include "adapters/host/stop_signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace strongroom::host {

Result<std::unique_ptr<StopSignals>> StopSignals::watch() {
  std::unique_ptr<StopSignals> signals(new StopSignals());
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&wanted, number);
  pthread_sigmask(SIG_BLOCK, &wanted, &signals->before_);
  std::signal(SIGPIPE, SIG_IGN);
  signals->signals_ = signalfd(-1, &wanted, SFD_CLOEXEC);
  signals->wake_ = eventfd(0, EFD_CLOEXEC);
  if (signals->signals_ < 0 || signals->wake_ < 0) {
    return broken("Signals cannot be watched: " + std::generic_category().message(errno));
  }
  signals->thread_ = std::thread([watcher = signals.get()] { watcher->listen(); });
  return signals;
}

StopSignals::~StopSignals() {
  if (thread_.joinable()) {
    const std::uint64_t one = 1;
    // An eventfd takes eight bytes at once, always.
    [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
    thread_.join();
  }
  if (signals_ >= 0) close(signals_);
  if (wake_ >= 0) close(wake_);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void StopSignals::on_reload(std::function<void()> reload) {
  const std::lock_guard lock(mutex_);
  reload_ = std::move(reload);
}

void StopSignals::listen() {
  std::array<pollfd, 2> wanted{pollfd{signals_, POLLIN, 0}, pollfd{wake_, POLLIN, 0}};
  while (true) {
    if (poll(wanted.data(), wanted.size(), -1) < 0) continue;
    if (wanted[1].revents != 0) return;
    signalfd_siginfo info{};
    if (read(signals_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) continue;
    if (info.ssi_signo == SIGHUP) {
      const std::lock_guard lock(mutex_);
      if (reload_) reload_();
      continue;
    }
    if (!source_.request_stop()) _exit(128 + static_cast<int>(info.ssi_signo));
  }
}

}  // namespace strongroom::host

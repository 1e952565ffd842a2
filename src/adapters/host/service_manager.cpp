#include "adapters/host/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <system_error>

#include "base/text.hpp"

namespace strongroom::host {
namespace {

/// A manager that has not emptied its queue by then is busy with worse things.
constexpr timeval kPatience{5, 0};
/// More than 30 years between two signs of life is no watchdog, and near the end of what a Duration holds.
constexpr std::uint64_t kWatchdogMax = 1'000'000'000'000'000;

std::string reason_of(int number) { return std::generic_category().message(number); }

/// A field of a message ends with its line; anything that could end it early would begin another field.
std::string field(std::string_view name, std::string_view value) {
  std::string line(name);
  line += '=';
  for (const char c : value) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return line + '\n';
}

/// CLOCK_MONOTONIC, because systemd compares the reload's time with that clock of its own.
std::uint64_t monotonic_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
}

/// The time of WATCHDOG_USEC, unless WATCHDOG_PID says that it is meant for another process.
Result<std::optional<Duration>> watchdog_of(const ServiceManager::Environment& environment) {
  const std::optional<std::string> text = environment("WATCHDOG_USEC");
  if (!text) return std::optional<Duration>();
  const std::optional<std::uint64_t> time = parse_number(*text);
  if (!time || *time == 0 || *time > kWatchdogMax) {
    return broken("WATCHDOG_USEC is not a number of microseconds", one_line(*text));
  }
  if (const auto pid = environment("WATCHDOG_PID"); pid && *pid != std::to_string(getpid())) {
    return std::optional<Duration>();
  }
  return std::optional<Duration>(std::chrono::microseconds(*time));
}

}  // namespace

Result<std::unique_ptr<ServiceManager>> ServiceManager::find(const Environment& environment) {
  std::unique_ptr<ServiceManager> manager(new ServiceManager());
  const std::optional<std::string> path = environment("NOTIFY_SOCKET");
  if (!path) return manager;
  TRY_VOID(manager->connect(*path));
  TRY(const std::optional<Duration> watchdog, watchdog_of(environment));
  if (watchdog) manager->alive_every_ = *watchdog / 2;
  return manager;
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) close(socket_);
}

Result<void> ServiceManager::connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.front() != '/' && path.front() != '@') {
    return broken("NOTIFY_SOCKET is neither an absolute path nor an abstract name", one_line(path));
  }
  if (path.size() >= sizeof address.sun_path) return broken("NOTIFY_SOCKET is too long", one_line(path));
  std::memcpy(address.sun_path, path.data(), path.size());
  std::size_t size = offsetof(sockaddr_un, sun_path) + path.size();
  // An abstract name begins with a zero byte and ends with its length; a path ends with a zero byte.
  if (path.front() == '@') {
    address.sun_path[0] = '\0';
  } else {
    size += 1;
  }
  address_.assign(reinterpret_cast<const char*>(&address), size);
  path_ = path;
  socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return broken("No socket for the service manager: " + reason_of(errno));
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  return ok();
}

Result<void> ServiceManager::send(const std::string& message) const {
  if (socket_ < 0) return ok();
  while (true) {
    // Addressed each time: a manager that was started anew has a new socket under the old name.
    const ssize_t sent =
        sendto(socket_, message.data(), message.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(address_.data()), static_cast<socklen_t>(address_.size()));
    if (sent == static_cast<ssize_t>(message.size())) return ok();
    if (sent < 0 && errno == EINTR) continue;
    return temporary("The service manager cannot be told: " + reason_of(errno), path_);
  }
}

Result<void> ServiceManager::status(std::string_view text) const { return send(field("STATUS", text)); }

Result<void> ServiceManager::ready(std::string_view text) const {
  return send(field("READY", "1") + field("STATUS", text));
}

Result<void> ServiceManager::reloading(std::string_view text) const {
  return send(field("RELOADING", "1") + field("MONOTONIC_USEC", std::to_string(monotonic_microseconds())) +
              field("STATUS", text));
}

Result<void> ServiceManager::stopping(std::string_view text) const {
  return send(field("STOPPING", "1") + field("STATUS", text));
}

Result<void> ServiceManager::alive() const { return send(field("WATCHDOG", "1")); }

void show_life(const ServiceManager& manager, Clock& clock, const std::function<void()>& look, std::stop_token stop) {
  const std::optional<Duration> pause = manager.alive_every();
  if (!pause) return;
  do {
    look();
    // What cannot be sent now is followed by the next one; the manager decides when too many are missing.
    [[maybe_unused]] const Result<void> sent = manager.alive();
  } while (clock.wait_until(clock.since_boot() + *pause, stop));
}

}  // namespace strongroom::host

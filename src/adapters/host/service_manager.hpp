// What the service tells the manager that started it (systemd's notification protocol, sd_notify(3)).
//
// Without NOTIFY_SOCKET in the environment there is no manager, and every call does nothing and succeeds. A message is
// one datagram; a manager that takes none for some seconds is an Error and no reason to stop. Any thread may call.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ports/clock.hpp"

namespace strongroom::host {

class ServiceManager {
 public:
  /// How the environment is read: the value of a variable; nothing when it is not set or empty.
  using Environment = std::function<std::optional<std::string>(const std::string& name)>;

  /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. An Error when one of them cannot be what it should be: a
  /// manager that waits in vain would end the service after a while.
  [[nodiscard]] static Result<std::unique_ptr<ServiceManager>> find(const Environment& environment);
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  /// One line for people, shown by `systemctl status`. Line breaks and control characters in it become blanks.
  Result<void> status(std::string_view text) const;
  /// The service does its work now. Also ends a reload().
  Result<void> ready(std::string_view text) const;
  /// The service reads its settings or certificates anew; ready() must follow.
  Result<void> reloading(std::string_view text) const;
  /// The service is about to end.
  Result<void> stopping(std::string_view text) const;
  /// A sign of life for the watchdog.
  Result<void> alive() const;

  /// How often the manager wants a sign of life, which is half the time after which it ends the service; nothing when
  /// it has no watchdog for this process.
  [[nodiscard]] std::optional<Duration> alive_every() const { return alive_every_; }

 private:
  ServiceManager() = default;
  Result<void> connect(const std::string& path);
  Result<void> send(const std::string& message) const;

  std::string address_;  ///< bytes of a sockaddr_un
  std::string path_;     ///< as the environment has it
  int socket_ = -1;
  std::optional<Duration> alive_every_;
};

/// Sends a sign of life as often as the manager wants one, each after `look` has returned: a service that hangs in it
/// falls silent and is started anew. Returns at once when no signs are wanted, otherwise when asked to stop.
void show_life(const ServiceManager& manager, Clock& clock, const std::function<void()>& look, std::stop_token stop);

}  // namespace strongroom::host

#include "adapters/host/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace strongroom::host {
namespace {

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = write(descriptor, text.data(), text.size());
    if (sent < 0 && errno == EINTR) continue;
    // Nobody reads any more: there is nobody to tell either.
    if (sent <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

void SystemConsole::out(std::string_view text) { write_all(STDOUT_FILENO, text); }

void SystemConsole::err(std::string_view text) { write_all(STDERR_FILENO, text); }

bool SystemConsole::is_interactive() const { return isatty(STDERR_FILENO) == 1; }

std::size_t SystemConsole::width() const {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::optional<std::string> SystemConsole::environment(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

}  // namespace strongroom::host

#include "adapters/host/console.hpp"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
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

/// The terminal of standard input without echo, byte by byte, and without signals: whoever gives up is given the
/// terminal back as it was.
class QuietTerminal {
 public:
  QuietTerminal() : good_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | ISIG);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    good_ = good_ && tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  ~QuietTerminal() {
    if (good_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool is(char c, std::size_t key) const { return static_cast<cc_t>(c) == before_.c_cc[key]; }

 private:
  termios before_{};
  bool good_;
};

/// One byte of standard input; nothing at its end.
std::optional<char> read_byte() {
  char c = 0;
  ssize_t got = 0;
  do {
    got = read(STDIN_FILENO, &c, 1);
  } while (got < 0 && errno == EINTR);
  if (got != 1) return std::nullopt;
  return c;
}

Result<std::string> read_quiet_line(const QuietTerminal& terminal) {
  constexpr std::size_t kLineMax = 4096;
  std::string line;
  while (line.size() < kLineMax) {
    const std::optional<char> c = read_byte();
    if (!c || terminal.is(*c, VINTR) || terminal.is(*c, VQUIT) || (terminal.is(*c, VEOF) && line.empty())) {
      return rejected("nothing was typed", {}, Reason::stopped);
    }
    if (*c == '\n' || *c == '\r') return line;
    if (terminal.is(*c, VERASE) || *c == '\b') {
      if (!line.empty()) line.pop_back();
    } else if (terminal.is(*c, VKILL)) {
      line.clear();
    } else {
      line += *c;
    }
  }
  return rejected("the line is too long", {}, Reason::limit);
}

}  // namespace

void SystemConsole::out(std::string_view text) { write_all(STDOUT_FILENO, text); }

void SystemConsole::err(std::string_view text) { write_all(STDERR_FILENO, text); }

bool SystemConsole::is_interactive() const { return isatty(STDERR_FILENO) == 1; }

bool SystemConsole::out_is_terminal() const { return isatty(STDOUT_FILENO) == 1; }

std::size_t SystemConsole::width() const {
  for (const int descriptor : {STDERR_FILENO, STDOUT_FILENO}) {
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  }
  return 80;
}

bool SystemConsole::in_is_terminal() const { return isatty(STDIN_FILENO) == 1; }

Result<std::string> SystemConsole::read_secret(std::string_view prompt) {
  const QuietTerminal terminal;
  if (!terminal.good()) return broken("the terminal cannot be made to hide what is typed");
  err(prompt);
  Result<std::string> line = read_quiet_line(terminal);
  err("\n");
  return line;
}

Result<std::string> SystemConsole::read_input(std::size_t limit) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t got = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return broken("standard input cannot be read");
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > limit) return rejected("standard input is too long", {}, Reason::limit);
  }
}

std::optional<std::string> SystemConsole::environment(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

}  // namespace strongroom::host

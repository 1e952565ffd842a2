// The process's surroundings as the command line sees them: output, input, terminal, environment.
//
// A class to derive from, so that tests drive commands without a process of their own. One thread at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace strongroom::host {

class Console {
 public:
  virtual ~Console() = default;
  /// Standard output: what the command was asked for. Written at once, whole.
  virtual void out(std::string_view text) = 0;
  /// Standard error: progress and problems.
  virtual void err(std::string_view text) = 0;
  /// Standard error is a terminal that a person looks at.
  [[nodiscard]] virtual bool is_interactive() const = 0;
  /// Standard output is a terminal.
  [[nodiscard]] virtual bool out_is_terminal() const = 0;
  /// Columns of the terminal; 80 when there is none, or it does not say.
  [[nodiscard]] virtual std::size_t width() const = 0;
  /// Standard input is a terminal that somebody can type at.
  [[nodiscard]] virtual bool in_is_terminal() const = 0;
  /// A line typed at the terminal, which does not show it; `prompt` goes to standard error. Reason::stopped when the
  /// person gave up (Ctrl-C, Ctrl-D).
  virtual Result<std::string> read_secret(std::string_view prompt) = 0;
  /// All of standard input, at most `limit` bytes; more is an Error.
  virtual Result<std::string> read_input(std::size_t limit) = 0;
  /// An environment variable; nothing when unset or empty.
  [[nodiscard]] virtual std::optional<std::string> environment(const std::string& name) const = 0;
};

class SystemConsole final : public Console {
 public:
  void out(std::string_view text) override;
  void err(std::string_view text) override;
  [[nodiscard]] bool is_interactive() const override;
  [[nodiscard]] bool out_is_terminal() const override;
  [[nodiscard]] std::size_t width() const override;
  [[nodiscard]] bool in_is_terminal() const override;
  Result<std::string> read_secret(std::string_view prompt) override;
  Result<std::string> read_input(std::size_t limit) override;
  [[nodiscard]] std::optional<std::string> environment(const std::string& name) const override;
};

}  // namespace strongroom::host

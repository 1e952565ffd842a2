// The process's surroundings as the command line sees them: output, terminal, environment.
//
// A class to derive from, so that tests drive commands without a process of their own. One thread at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

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
  /// Columns of that terminal; 80 when it does not say.
  [[nodiscard]] virtual std::size_t width() const = 0;
  /// An environment variable; nothing when unset or empty.
  [[nodiscard]] virtual std::optional<std::string> environment(const std::string& name) const = 0;
};

class SystemConsole final : public Console {
 public:
  void out(std::string_view text) override;
  void err(std::string_view text) override;
  [[nodiscard]] bool is_interactive() const override;
  [[nodiscard]] std::size_t width() const override;
  [[nodiscard]] std::optional<std::string> environment(const std::string& name) const override;
};

}  // namespace strongroom::host

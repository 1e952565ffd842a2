// Colours for people: put around words where they are wanted, and nothing where not.
//
// Decided once per stream: `--color`, then NO_COLOR and TERM=dumb, then whether the stream is a terminal. Plain value.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.hpp"

namespace strongroom::cli {

class Paint {
 public:
  explicit Paint(bool is_on) : is_on_(is_on) {}
  /// For standard output.
  static Paint for_out(const Surroundings& surroundings);

  [[nodiscard]] std::string bold(std::string_view text) const { return with("1", text); }
  [[nodiscard]] std::string dim(std::string_view text) const { return with("2", text); }
  [[nodiscard]] std::string red(std::string_view text) const { return with("31", text); }
  [[nodiscard]] std::string green(std::string_view text) const { return with("32", text); }
  [[nodiscard]] std::string yellow(std::string_view text) const { return with("33", text); }
  /// A status or outcome in the colour of its meaning; `text` instead of the word itself when given.
  [[nodiscard]] std::string status(std::string_view word, std::string_view text = {}) const;

 private:
  [[nodiscard]] std::string with(std::string_view code, std::string_view text) const;

  bool is_on_;
};

}  // namespace strongroom::cli

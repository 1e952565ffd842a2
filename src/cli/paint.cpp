#include "cli/paint.hpp"

namespace strongroom::cli {

Paint Paint::for_out(const Surroundings& surroundings) {
  if (surroundings.colours != Colours::automatic) return Paint(surroundings.colours == Colours::always);
  const host::Console& console = surroundings.console;
  if (console.environment("NO_COLOR") || console.environment("TERM") == "dumb") return Paint(false);
  return Paint(console.out_is_terminal());
}

std::string Paint::status(std::string_view word, std::string_view text) const {
  const std::string_view shown = text.empty() ? word : text;
  if (word == "succeeded" || word == "passed") return green(shown);
  if (word == "failed") return red(shown);
  if (word == "processing" || word == "running" || word == "interrupted") return yellow(shown);
  return std::string(shown);
}

std::string Paint::with(std::string_view code, std::string_view text) const {
  if (!is_on_ || text.empty()) return std::string(text);
  return "\x1B[" + std::string(code) + "m" + std::string(text) + "\x1B[0m";
}

}  // namespace strongroom::cli

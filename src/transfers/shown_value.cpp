#include "transfers/shown_value.hpp"

#include <array>
#include <cstdio>

#include "base/text.hpp"

namespace strongroom::transfers {
namespace {

/// Characters that would not be seen as what they are.
bool is_hidden(char32_t c) {
  const auto between = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  return c < 0x20 || between(0x7F, 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F || between(0x2028, 0x202E) ||
         between(0x2066, 0x2069) || c == 0xFEFF;
}

/// Appends what is shown of `text`; true when that is not all.
bool append_escaped(std::string& out, std::string_view text, std::size_t characters_max) {
  std::array<char, 16> escape{};
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) {
    if (characters == characters_max) return true;
    const std::size_t begin = at;
    const auto point = next_code_point(text, at);
    if (!point) {
      std::snprintf(escape.data(), escape.size(), "\\x%02X",
                    static_cast<unsigned>(static_cast<unsigned char>(text[at++])));
      out.append(escape.data());
    } else if (is_hidden(*point)) {
      std::snprintf(escape.data(), escape.size(), "\\u{%04X}", static_cast<unsigned>(*point));
      out.append(escape.data());
    } else {
      out.append(text.substr(begin, at - begin));
    }
  }
  return false;
}

}  // namespace

std::string shown(std::string_view value) {
  std::string text = "\"";
  const bool cut = append_escaped(text, value, kShownCharacters);
  text.append(cut ? "…\"" : "\"");
  return text;
}

std::string escaped(std::string_view text, std::size_t characters_max) {
  std::string result;
  if (append_escaped(result, text, characters_max)) result.append("…");
  return result;
}

}  // namespace strongroom::transfers

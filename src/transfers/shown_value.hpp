// How text from a package is shown to people (transfers.md 5.4): nothing in it can break a line, hide or turn around.
//
// Control characters, bidirectional controls, line separators and byte-order marks become `\u{XXXX}`, bytes that are
// not UTF-8 `\xNN`. The result is always valid UTF-8. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace strongroom::transfers {

/// Characters of a value that are shown.
inline constexpr std::size_t kShownCharacters = 200;

/// In double quotes; of a longer value its beginning and `…`.
[[nodiscard]] std::string shown(std::string_view value);

/// Without quotes, for names that stand where a reader expects one; of a longer text the beginning and `…`.
[[nodiscard]] std::string escaped(std::string_view text, std::size_t characters_max = kShownCharacters);

}  // namespace strongroom::transfers

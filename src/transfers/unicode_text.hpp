// What the checks need to know of Unicode text: trimming, case and likeness (transfers.md 9).
//
// Case mappings and normal forms are ICU's, without any locale. Texts are UTF-8; bytes that are not become U+FFFD where
// a new text is made. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

namespace strongroom::transfers {

/// Without Unicode White_Space and U+001C to U+001F at either end.
[[nodiscard]] std::string_view trim(std::string_view text);
/// Empty after trim().
[[nodiscard]] bool is_blank(std::string_view text);

/// Full lower-casing, with the rule of the final sigma.
[[nodiscard]] std::string to_lower(std::string_view text);
/// trim(), to_lower(), then the first character in title case with its full mapping: `ß` and `ss` both give `Ss`.
[[nodiscard]] std::string normalise_act(std::string_view text);

/// Equal for texts that differ only in case, blanks or Unicode normal form.
[[nodiscard]] std::string likeness_of(std::string_view text);
/// In which of the three two texts of one likeness differ, for a sentence: `case`, `case and blanks` …; empty for equal
/// ones.
[[nodiscard]] std::string difference_of(std::string_view a, std::string_view b);

/// Only letters, digits, spaces and `+ - = . _ : / @`: what object stores take as the value of a tag.
[[nodiscard]] bool has_tag_characters_only(std::string_view text);
/// Length as object stores count it.
[[nodiscard]] std::size_t utf16_units(std::string_view text);

}  // namespace strongroom::transfers

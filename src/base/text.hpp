// Strong text types and the few text functions every layer needs.
//
// Text<Self> gives a type that is a text with a proof: it can only be made by Self's own parse(), is ordered byte by
// byte, and never converts by itself. All functions are pure.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strongroom {

template <class Self>
class Text {
 public:
  [[nodiscard]] const std::string& str() const { return text_; }
  friend bool operator==(const Self& a, const Self& b) { return a.text_ == b.text_; }
  friend auto operator<=>(const Self& a, const Self& b) { return a.text_ <=> b.text_; }

 protected:
  explicit Text(std::string text) : text_(std::move(text)) {}

 private:
  friend Self;
  std::string text_;
};

[[nodiscard]] bool is_ascii(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);
/// UTF-8 decoded one character at a time: the code point at `at`, moving on; nothing when malformed.
[[nodiscard]] std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at);
/// Any of U+0000-U+001F, U+007F-U+009F. `text` must be UTF-8.
[[nodiscard]] bool has_control_characters(std::string_view text);
/// Number of code points of a UTF-8 text.
[[nodiscard]] std::size_t count_characters(std::string_view text);

[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// Without blanks and tabs at either end.
[[nodiscard]] std::string_view trim_blanks(std::string_view text);
[[nodiscard]] std::string to_lower_ascii(std::string_view text);
/// 1234567 -> "1,234,567".
[[nodiscard]] std::string with_thousands(std::uint64_t number);
/// Decimal digits only, without sign; nothing for another character, an empty text, or more than 2^63-1.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view digits);

/// Percent-decodes once; nothing for a broken escape. `plus_is_space` as forms have it.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);
/// Percent-encodes every byte but RFC 3986 unreserved characters and those of `also_kept`.
[[nodiscard]] std::string percent_encode(std::string_view text, std::string_view also_kept);
/// Control characters as %XX, so that a name stays on one line (domain-rules.md 4.1).
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace strongroom

/// Hash support for a Text<Self> type; use at namespace scope outside strongroom.
#define STRONGROOM_HASH_TEXT(Type)                                                            \
  template <>                                                                                 \
  struct std::hash<Type> {                                                                    \
    std::size_t operator()(const Type& t) const { return std::hash<std::string>()(t.str()); } \
  }

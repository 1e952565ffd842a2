#include "transfers/unicode_text.hpp"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "base/check.hpp"
#include "base/text.hpp"

namespace strongroom::transfers {
namespace {

/// White_Space of Unicode, and the four separators that older tools count as blanks, too.
bool is_trimmed(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
  return u_isUWhiteSpace(static_cast<UChar32>(c)) != 0;
}

icu::UnicodeString unicode_of(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

std::string utf8_of(const icu::UnicodeString& unicode) {
  std::string text;
  unicode.toUTF8String(text);
  return text;
}

/// Where the character ends that stands before `end`.
std::size_t begin_of_last(std::string_view text, std::size_t end) {
  std::size_t at = end - 1;
  for (int i = 0; i < 3 && at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; ++i) --at;
  return at;
}

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const auto point = next_code_point(text, at);
    if (!point) at = begin + 1;
    if (!point || !is_trimmed(*point)) kept.append(text.substr(begin, at - begin));
  }
  return kept;
}

std::string to_nfc(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  CHECK(U_SUCCESS(status));
  const icu::UnicodeString normal = nfc->normalize(unicode_of(text), status);
  return U_SUCCESS(status) ? utf8_of(normal) : std::string(text);
}

/// Case folding between two normalisations: folding can take a text out of its normal form.
std::string fold(std::string_view text) {
  if (is_ascii(text)) return to_lower_ascii(text);
  return to_nfc(utf8_of(unicode_of(to_nfc(text)).foldCase(U_FOLD_CASE_DEFAULT)));
}

}  // namespace

std::string_view trim(std::string_view text) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t next = begin;
    const auto point = next_code_point(text, next);
    if (!point || !is_trimmed(*point)) break;
    begin = next;
  }
  std::size_t end = text.size();
  while (end > begin) {
    const std::size_t last = begin_of_last(text, end);
    std::size_t next = last;
    const auto point = next_code_point(text, next);
    if (!point || next != end || !is_trimmed(*point)) break;
    end = last;
  }
  return text.substr(begin, end - begin);
}

bool is_blank(std::string_view text) { return trim(text).empty(); }

std::string to_lower(std::string_view text) {
  if (is_ascii(text)) return to_lower_ascii(text);
  return utf8_of(unicode_of(text).toLower(icu::Locale::getRoot()));
}

std::string normalise_act(std::string_view text) {
  text = trim(text);
  if (is_ascii(text)) {
    std::string act = to_lower_ascii(text);
    if (!act.empty() && act.front() >= 'a' && act.front() <= 'z')
      act.front() = static_cast<char>(act.front() - 'a' + 'A');
    return act;
  }
  icu::UnicodeString act = unicode_of(text);
  act.toLower(icu::Locale::getRoot());
  // The whole text counts as one word, whose first character is changed even when it is no letter.
  constexpr uint32_t kOptions = U_TITLECASE_WHOLE_STRING | U_TITLECASE_NO_BREAK_ADJUSTMENT | U_TITLECASE_NO_LOWERCASE;
  return utf8_of(act.toTitle(nullptr, icu::Locale::getRoot(), kOptions));
}

std::string likeness_of(std::string_view text) { return fold(without_blanks(text)); }

std::string difference_of(std::string_view a, std::string_view b) {
  if (a == b) return {};
  if (to_nfc(a) == to_nfc(b)) return "Unicode normal form";
  if (fold(a) == fold(b)) return "case";
  if (to_nfc(without_blanks(a)) == to_nfc(without_blanks(b))) return "blanks";
  return "case and blanks";
}

bool has_tag_characters_only(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto point = next_code_point(text, at);
    if (!point) return false;
    const auto c = static_cast<UChar32>(*point);
    const bool ascii_mark =
        c < 0x80 && std::string_view("+-=._:/@").find(static_cast<char>(c)) != std::string_view::npos;
    if (!ascii_mark && u_isalpha(c) == 0 && u_isdigit(c) == 0 && u_charType(c) != U_SPACE_SEPARATOR) return false;
  }
  return true;
}

std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

}  // namespace strongroom::transfers

#include "domain/identifiers.hpp"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>
#include <algorithm>
#include <limits>

#include "base/limits.hpp"
#include "domain/identifier_rules.hpp"

namespace strongroom {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_basic_latin_letter_or_digit(char c) { return is_letter(c) || is_digit(c); }

std::string_view space_fault(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return "must not contain slashes.";
  if (text.empty()) return "must not be empty.";
  if (text.size() > limits::kSpaceMax) return "must not be longer than 128 bytes.";
  if (has_control_characters(text) || text.find('\\') != std::string_view::npos) {
    return "must not contain control characters or backslashes.";
  }
  if (text == "." || text == ".." || text.front() == ' ' || text.back() == ' ' || text.back() == '.') {
    return "must not begin or end with a space, or end with a dot.";
  }
  if (to_lower_ascii(text).starts_with("_strongroom")) return R"(must not begin with "_strongroom".)";
  if (!is_nfc(text)) return "must be in Unicode normal form C.";
  return {};
}

bool is_token(std::string_view text, std::size_t max, std::string_view also) {
  return !text.empty() && text.size() <= max && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_basic_latin_letter_or_digit(c) || also.find(c) != std::string_view::npos;
  });
}

}  // namespace

bool is_nfc(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  CHECK(U_SUCCESS(status));
  const auto unicode = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  const bool normal = nfc->isNormalized(unicode, status) != 0;
  return U_SUCCESS(status) && normal;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

Result<Space> Space::parse(std::string_view text) {
  const std::string_view fault = space_fault(text);
  if (!fault.empty()) return rejected(std::string(fault));
  return Space(std::string(text));
}

Result<ExternalIdentifier> ExternalIdentifier::parse(std::string_view text, IdentifierPlace place) {
  if (text.empty()) return rejected(place == IdentifierPlace::request ? "must not be empty." : "cannot be empty");
  const std::vector<BrokenRule> broken = broken_identifier_rules(text);
  if (!broken.empty()) {
    return rejected(std::string(identifier_rule_text(broken.front().rule)) + ", was " + std::string(text));
  }
  return ExternalIdentifier(std::string(text));
}

Version::Version(std::int64_t number) : number_(number) {
  CHECK(number >= 1 && number <= std::numeric_limits<std::int32_t>::max());
}

std::optional<Version> Version::parse(std::string_view text) {
  if (text.size() < 2 || text.front() != 'v' || text[1] == '0' || text.size() > 11) return std::nullopt;
  const auto number = parse_number(text.substr(1));
  if (!number || *number > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) return std::nullopt;
  return Version(static_cast<std::int64_t>(*number));
}

std::optional<IngestId> IngestId::parse(std::string_view text) {
  if (!is_uuid(text)) return std::nullopt;
  return IngestId(to_lower_ascii(text));
}

std::optional<LocationName> LocationName::parse(std::string_view text) {
  if (!is_token(text, 64, "-") || text.front() == '-' || to_lower_ascii(text) != text) return std::nullopt;
  return LocationName(std::string(text));
}

std::optional<ClientId> ClientId::parse(std::string_view text) {
  if (!is_token(text, 64, "._-")) return std::nullopt;
  return ClientId(std::string(text));
}

std::optional<RequestId> RequestId::parse(std::string_view text) {
  if (!is_token(text, 64, "._-")) return std::nullopt;
  return RequestId(std::string(text));
}

}  // namespace strongroom

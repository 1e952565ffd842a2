#include "domain/bag_path.hpp"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>
#include <algorithm>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom {
namespace {

icu::UnicodeString to_nfc(std::string_view name) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  CHECK(U_SUCCESS(status));
  const auto unicode = icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<int32_t>(name.size())));
  auto normal = nfc->normalize(unicode, status);
  CHECK(U_SUCCESS(status));
  return normal;
}

bool has_unsafe_component(const std::vector<std::string_view>& components) {
  return std::any_of(components.begin(), components.end(),
                     [](std::string_view c) { return c.empty() || c == "." || c == ".." || c.ends_with(' '); });
}

}  // namespace

bool is_hostile_path(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (name.empty() || name.starts_with('/') || name.starts_with('~') || name.starts_with("\\\\")) return true;
  if (name.size() > 1 && name[1] == ':' && is_letter(name[0])) return true;
  const auto components = split(name, '/');
  return std::find(components.begin(), components.end(), "..") != components.end();
}

std::optional<NameFault> find_name_fault(std::string_view name, std::size_t key_prefix_bytes,
                                         std::size_t key_prefix_components) {
  if (!is_utf8(name)) return NameFault::unsafe_name;
  const auto components = split(name, '/');
  const auto ends_in_dot = [](std::string_view c) { return c.ends_with('.') && c != "." && c != ".."; };
  if (std::any_of(components.begin(), components.end(), ends_in_dot)) return NameFault::trailing_dot;
  if (is_hostile_path(name) || has_unsafe_component(components) || has_control_characters(name) ||
      name.find('\\') != std::string_view::npos) {
    return NameFault::unsafe_name;
  }
  const bool long_component = std::any_of(components.begin(), components.end(),
                                          [](std::string_view c) { return c.size() > limits::kSegmentMax; });
  if (long_component || key_prefix_bytes + name.size() > limits::kKeyMax ||
      key_prefix_components + components.size() > limits::kKeyComponentsMax) {
    return NameFault::name_too_long;
  }
  return std::nullopt;
}

bool is_relative_path(std::string_view name) {
  if (name.empty() || !is_utf8(name)) return false;
  const auto components = split(name, '/');
  return std::none_of(components.begin(), components.end(),
                      [](std::string_view c) { return c.empty() || c == "." || c == ".."; });
}

std::string normal_form_c(std::string_view name) {
  if (is_ascii(name)) return std::string(name);
  std::string utf8;
  to_nfc(name).toUTF8String(utf8);
  return utf8;
}

std::string folded(std::string_view name) {
  if (is_ascii(name)) return to_lower_ascii(name);
  auto unicode = to_nfc(name);
  unicode.foldCase();
  std::string utf8;
  unicode.toUTF8String(utf8);
  return normal_form_c(utf8);
}

bool is_system_file(std::string_view name) {
  const auto slash = name.rfind('/');
  const auto last = slash == std::string_view::npos ? name : name.substr(slash + 1);
  return last == ".DS_Store" || last == "Thumbs.db" || last == "desktop.ini" || last.starts_with("._");
}

}  // namespace strongroom

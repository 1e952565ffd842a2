#include "base/hex.hpp"

#include <array>

namespace strongroom {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string in_base64(ByteView bytes, std::string_view digits) {
  std::string text;
  unsigned bits = 0;
  int held = 0;
  for (std::byte b : bytes) {
    bits = (bits << 8U) | static_cast<unsigned>(b);
    held += 8;
    for (; held >= 6; held -= 6) text.push_back(digits[(bits >> static_cast<unsigned>(held - 6)) & 63U]);
    bits &= (1U << static_cast<unsigned>(held)) - 1U;
  }
  if (held > 0) text.push_back(digits[(bits << static_cast<unsigned>(6 - held)) & 63U]);
  return text;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (std::byte b : bytes) {
    text.push_back(kDigits[static_cast<unsigned>(b) >> 4U]);
    text.push_back(kDigits[static_cast<unsigned>(b) & 15U]);
  }
  return text;
}

std::optional<std::string> parse_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_value(hex[i]);
    const int low = hex_value(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

std::string to_base64url(ByteView bytes) { return in_base64(bytes, kBase64Url); }

std::string to_base64(ByteView bytes) {
  std::string text = in_base64(bytes, kBase64);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::optional<std::string> parse_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && !text.empty() && text.back() == '=') {
    text.remove_suffix(1);
    ++padding;
  }
  std::string bytes;
  unsigned bits = 0;
  int held = 0;
  for (char c : text) {
    const auto value = kBase64.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<unsigned>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<char>((bits >> static_cast<unsigned>(held)) & 255U));
      bits &= (1U << static_cast<unsigned>(held)) - 1U;
    }
  }
  return bits == 0 ? std::optional(bytes) : std::nullopt;
}

}  // namespace strongroom

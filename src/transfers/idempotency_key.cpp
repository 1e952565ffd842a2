#include "transfers/idempotency_key.hpp"

#include <array>
#include <cstdio>
#include <string_view>

#include "base/digest.hpp"

namespace strongroom::transfers {
namespace {

/// Escapes only what JSON demands, in its short forms: the digest depends on every byte.
void append_text(std::string& out, std::string_view value) {
  constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t";
  constexpr std::string_view kShort = "\"\\bfnrt";
  out.push_back('"');
  for (const char c : value) {
    const std::size_t known = kEscaped.find(c);
    if (known != std::string_view::npos) {
      out.push_back('\\');
      out.push_back(kShort[known]);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      out.append(escape.data());
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

}  // namespace

std::string idempotency_text(const EventIdentity& event, std::uint64_t resubmission) {
  // Members in alphabetical order.
  std::string text = "{\"bucket\":";
  append_text(text, event.bucket);
  text.append(",\"event_name\":");
  append_text(text, event.event_name);
  text.append(",\"object_key\":");
  append_text(text, event.object_key);
  if (resubmission > 0) text.append(",\"resubmission\":" + std::to_string(resubmission));
  text.append(",\"sequencer\":");
  append_text(text, event.sequencer);
  text.append(",\"version_id\":");
  if (event.version_id) {
    append_text(text, *event.version_id);
  } else {
    text.append("null");
  }
  text.push_back('}');
  return text;
}

std::string idempotency_key(const EventIdentity& event, std::uint64_t resubmission) {
  return digest_of(Algorithm::sha256, idempotency_text(event, resubmission)).hex();
}

}  // namespace strongroom::transfers

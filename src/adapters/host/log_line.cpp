#include "adapters/host/log_line.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace strongroom::host {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.:/+@,%").find(c) != std::string_view::npos;
}

/// Control characters of both kinds, and the two separators that some readers take for a line end.
bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029; }

void append_escaped(std::string& out, char32_t c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[(static_cast<std::uint32_t>(c) >> shift) & 0xFU];
}

/// A JSON string, which every reader of logfmt understands too.
void append_quoted(std::string& out, std::string_view value) {
  out += '"';
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t begin = at;
    const std::optional<char32_t> c = next_code_point(value, at);
    if (!c) {
      out += "\xEF\xBF\xBD";
      at = begin + 1;
    } else if (*c == '"' || *c == '\\') {
      out += '\\';
      out += static_cast<char>(*c);
    } else if (*c == '\n') {
      out += "\\n";
    } else if (is_control(*c)) {
      append_escaped(out, *c);
    } else {
      out += value.substr(begin, at - begin);
    }
  }
  out += '"';
}

/// Cut so that no character is torn.
std::string cut(std::string_view value) {
  if (value.size() <= kLogValueMax) return std::string(value);
  std::size_t end = kLogValueMax;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
  return std::string(value.substr(0, end)) + "... (" + std::to_string(value.size()) + " bytes)";
}

void append_field(std::string& out, LogFormat format, std::string_view key, std::string_view raw) {
  std::string name(key);
  std::ranges::replace_if(name, [](char c) { return !is_plain(c) || c == ','; }, '_');
  const std::string value = cut(raw);
  if (format == LogFormat::json) {
    out += out.empty() ? "{" : ",";
    append_quoted(out, name);
    out += ':';
    append_quoted(out, value);
    return;
  }
  if (!out.empty()) out += ' ';
  out += name;
  out += '=';
  if (!value.empty() && std::ranges::all_of(value, is_plain)) {
    out += value;
  } else {
    append_quoted(out, value);
  }
}

}  // namespace

std::string_view name_of(LogLevel level) {
  constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warning", "error"};
  return kNames.at(static_cast<std::size_t>(level));
}

std::string format_log_line(LogFormat format, Instant time, LogLevel level, std::string_view event, LogFields fields) {
  std::string line;
  append_field(line, format, "time", format_instant(time));
  append_field(line, format, "level", name_of(level));
  append_field(line, format, "event", event);
  for (const auto& [key, value] : fields) append_field(line, format, key, value);
  if (format == LogFormat::json) line += '}';
  return line;
}

}  // namespace strongroom::host

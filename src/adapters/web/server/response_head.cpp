#include "adapters/web/server/response_head.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace strongroom::web {
namespace {

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

bool is_servers_affair(std::string_view name) {
  const std::string lower = to_lower_ascii(name);
  return lower == "content-length" || lower == "transfer-encoding" || lower == "connection" || lower == "date";
}

void append_field(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

Framing frame_response(const HttpResponse& response, bool is_head, bool is_http_1_1, bool keep_alive) {
  Framing framing;
  framing.keep_alive = keep_alive;
  const bool bodiless = response.status == 204 || response.status == 304;
  framing.sends_body = !is_head && !bodiless;
  if (bodiless) return framing;
  if (response.body) {
    framing.length = response.length;
  } else {
    framing.length = is_head ? response.length.value_or(response.text.size()) : response.text.size();
  }
  if (!framing.length) {
    framing.chunked = is_http_1_1;
    // The end of the connection is the end of the body for a client that knows no chunks.
    if (!is_http_1_1 && framing.sends_body) framing.keep_alive = false;
  }
  return framing;
}

std::string response_head(const HttpResponse& response, const Framing& framing, bool is_http_1_1, Instant now) {
  std::string text;
  text.reserve(512);
  text.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  text.append(reason_phrase(response.status)).append("\r\n");
  append_field(text, "Date", format_http_date(now));
  for (const auto& [name, value] : response.headers) {
    if (!is_token(name) || !is_field_value(value) || is_servers_affair(name)) continue;
    append_field(text, name, value);
  }
  if (framing.length) {
    append_field(text, "Content-Length", std::to_string(*framing.length));
  } else if (framing.chunked) {
    append_field(text, "Transfer-Encoding", "chunked");
  }
  if (!framing.keep_alive) {
    append_field(text, "Connection", "close");
  } else if (!is_http_1_1) {
    append_field(text, "Connection", "keep-alive");
  }
  text.append("\r\n");
  return text;
}

}  // namespace strongroom::web

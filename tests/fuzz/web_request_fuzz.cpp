// Fuzz target: any bytes as what a client sends on one connection. However they are dealt out, the same requests come
// of them; and every request that is accepted has one meaning: a second, simpler reader, which knows the strict grammar
// only, finds the same fields, and its end in the same place.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "adapters/web/server/request_parser.hpp"
#include "base/text.hpp"

namespace {

using strongroom::ByteView;
using strongroom::find_header;
using strongroom::HttpHeaders;
using strongroom::web::RequestParser;

constexpr std::size_t kUriMax = 200;
constexpr std::size_t kHeaderMax = 2000;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Request {
  std::string head;  ///< as it came, with the empty line
  std::string wire;  ///< the body as it came
  std::string body;
  std::string method;
  std::string target;
  HttpHeaders headers;
  bool operator==(const Request&) const = default;
};

/// When a request that is no good is refused depends on what of it has come; that it is not accepted does not.
struct Reading {
  std::vector<Request> requests;
  bool refused = false;
  bool operator==(const Reading& other) const { return requests == other.requests; }
};

/// Bytes as they come in, as the connection keeps them.
class Wire {
 public:
  Wire(std::string_view all, std::size_t piece) : left_(all), piece_(piece) {}
  bool more() {
    if (left_.empty()) return false;
    const std::size_t n = std::min(piece_, left_.size());
    kept_.append(left_.substr(0, n));
    left_.remove_prefix(n);
    return true;
  }
  [[nodiscard]] std::string_view kept() const { return kept_; }
  std::string take(std::size_t n) {
    require(n <= kept_.size());
    std::string taken = kept_.substr(0, n);
    kept_.erase(0, n);
    return taken;
  }

 private:
  std::string_view left_;
  std::size_t piece_;
  std::string kept_;
};

/// One request; false when the bytes end before it does, or it is refused.
bool read_request(Wire& wire, Reading& reading) {
  RequestParser parser(kUriMax, kHeaderMax);
  Request request;
  for (;;) {
    if (!parser.started()) wire.take(std::min(wire.kept().find_first_not_of("\r\n"), wire.kept().size()));
    if (wire.kept().empty()) {
      if (!wire.more()) return false;
      continue;
    }
    const RequestParser::Fed fed = parser.feed_head(wire.kept());
    request.head += wire.take(fed.used);
    if (fed.step == RequestParser::Step::complete) break;
    reading.refused = fed.step == RequestParser::Step::refused;
    if (reading.refused) {
      const int status = parser.status();
      require(status == 400 || status == 414 || status == 431 || status == 501);
      require(!parser.keep_alive() && !parser.done());
    }
    if (reading.refused || !wire.more()) return false;
  }
  require(request.head.size() <= kHeaderMax && parser.head().target.size() <= kUriMax);
  while (!parser.done()) {
    const auto sink = [&](ByteView piece) { request.body += strongroom::as_text(piece); };
    const RequestParser::Fed fed = wire.kept().empty() ? RequestParser::Fed{RequestParser::Step::need_more, 0}
                                                       : parser.feed_body(wire.kept(), sink);
    request.wire += wire.take(fed.used);
    reading.refused = fed.step == RequestParser::Step::refused;
    if (reading.refused || (fed.step == RequestParser::Step::need_more && !wire.more())) return false;
  }
  request.method = parser.head().method;
  request.target = parser.head().target;
  request.headers = parser.head().headers;
  require(parser.remaining() == 0U);
  reading.requests.push_back(std::move(request));
  return true;
}

Reading read_all(std::string_view bytes, std::size_t piece) {
  Wire wire(bytes, piece);
  Reading reading;
  while (read_request(wire, reading)) {
  }
  return reading;
}

// ---- the simpler reader

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    require(end != std::string_view::npos);
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 2);
  }
  return lines;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_clean(std::string_view text, bool blanks) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte > 0x20 && byte != 0x7f) || (blanks && (c == ' ' || c == '\t'));
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The body by its chunks.
std::string unchunked(std::string_view wire) {
  std::string body;
  for (;;) {
    const auto end = wire.find("\r\n");
    require(end != std::string_view::npos);
    const std::string_view line = wire.substr(0, end);
    const std::string digits(line.substr(0, line.find_first_of("; \t")));
    require(!digits.empty() && digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos);
    const std::size_t size = std::strtoull(digits.c_str(), nullptr, 16);
    wire.remove_prefix(end + 2);
    if (size == 0) break;
    require(wire.size() >= size + 2 && wire.substr(size, 2) == "\r\n");
    body += wire.substr(0, size);
    wire.remove_prefix(size + 2);
  }
  require(wire.ends_with("\r\n"));
  return body;
}

void check(const Request& request) {
  const std::vector<std::string> lines = lines_of(request.head);
  require(lines.size() >= 2 && lines.back().empty());
  const bool one_one = lines[0].ends_with(" HTTP/1.1");
  require(lines[0] == request.method + " " + request.target + (one_one ? " HTTP/1.1" : " HTTP/1.0"));
  require(is_token(request.method) && !request.target.empty() && is_clean(request.target, false));
  require(request.headers.size() == lines.size() - 2);
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const auto& [name, value] = request.headers[i];
    const std::string_view line = lines[i + 1];
    const auto colon = line.find(':');
    require(colon != std::string_view::npos && line.substr(0, colon) == name && is_token(name));
    require(trimmed(line.substr(colon + 1)) == value && is_clean(value, true));
    const std::string lower = strongroom::to_lower_ascii(name);
    hosts += lower == "host";
    lengths += lower == "content-length";
    codings += lower == "transfer-encoding";
  }
  require(hosts <= 1 && lengths <= 1 && codings <= 1 && lengths + codings <= 1);
  require(hosts == 1 || !one_one);
  if (codings == 1) {
    require(one_one && strongroom::to_lower_ascii(*find_header(request.headers, "Transfer-Encoding")) == "chunked");
    require(unchunked(request.wire) == request.body);
  } else {
    const auto length = find_header(request.headers, "Content-Length");
    require(request.body == request.wire);
    require(strongroom::parse_number(length.value_or("0")) == request.body.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Reading whole = read_all(bytes, bytes.size() + 1);
  for (const Request& request : whole.requests) check(request);
  require(whole == read_all(bytes, 1 + data[0] % 61));
  return 0;
}

#include "adapters/web/server/request_parser.hpp"

#include "adapters/web/server/asio.hpp"  // before Beast, which includes parts of it

// With the address sanitizer g++ 12 takes the empty optionals of Beast for uninitialised ones.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace strongroom::web {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::beast::error_code;

namespace {

/// More than any client sends; each costs memory and time.
constexpr std::size_t kFieldsMax = 256;
/// Larger sizes do not come from a client that counts bytes.
constexpr std::uint64_t kChunkMax = std::uint64_t{1} << 62;
/// The least that is left of an unfinished chunked body: its last chunk and the empty line.
constexpr std::size_t kLastChunk = 5;

/// Lines that end in LF alone, of which a reader before us might have thought otherwise (RFC 9112 2.2).
bool has_bare_lf(std::string_view bytes) {
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at > 0 && bytes[at - 1] != '\r') return true;
  }
  return false;
}

/// A field continued on the next line (RFC 9112 5.2).
bool has_folded_line(std::string_view bytes) {
  return bytes.find("\n ") != std::string_view::npos || bytes.find("\n\t") != std::string_view::npos;
}

/// Only what a host and a port are made of (RFC 3986 3.2.2); may be empty.
bool is_host(std::string_view text) {
  constexpr std::string_view kOthers = "-._~!$&'()*+,;=%:[]";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

}  // namespace

class RequestParser::Impl final : public http::basic_parser<true> {
 public:
  Impl(std::size_t uri_max, std::size_t header_max) : uri_max_(uri_max), header_max_(header_max) {
    header_limit(static_cast<std::uint32_t>(header_max));
    body_limit(boost::none);
    eager(false);
  }

  Fed feed_head(std::string_view bytes) {
    error_code error;
    const std::size_t used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    header_used_ += used;
    const bool whole = is_header_done();
    if (has_folded_line(bytes.substr(0, used))) return refuse(400);
    if (error == http::error::need_more && has_bare_lf(bytes)) return refuse(400);
    if (error && error != http::error::need_more) return refuse(error == http::error::header_limit ? too_long() : 400);
    // Beast counts only what it has not yet used; the limit is for the whole of the head.
    if (header_used_ + (whole ? 0 : bytes.size() - used) > header_max_) return refuse(too_long());
    return {whole ? Step::complete : Step::need_more, used};
  }

  Fed feed_body(std::string_view bytes, const std::function<void(ByteView)>& sink) {
    // Beast asserts that a last chunk it has once begun comes back with as much, which a body of nothing else, dealt
    // out byte by byte, does not have.
    if (chunked() && bytes.starts_with('0') && bytes.size() < kLastChunk) return {Step::need_more, 0};
    eager(true);
    sink_ = &sink;
    error_code error;
    const std::size_t used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    sink_ = nullptr;
    if (error && error != http::error::need_more) return refuse(400);
    return {is_done() ? Step::complete : Step::need_more, used};
  }

  HttpRequestHead head_;
  int status_ = 400;
  bool refused_ = false;
  bool http_1_1_ = true;
  bool is_head_ = false;
  bool expects_continue_ = false;

 private:
  Fed refuse(int status) {
    if (!refused_) status_ = status;
    refused_ = true;
    return {Step::refused, 0};
  }
  /// Ends the parse from inside a callback.
  void refuse_now(int status, error_code& error) {
    refuse(status);
    error = http::error::bad_value;
  }
  [[nodiscard]] int too_long() const { return head_.method.empty() ? 414 : 431; }

  void on_request_impl(http::verb /*verb*/, beast::string_view method, beast::string_view target, int version,
                       error_code& error) override {
    head_.method.assign(method.data(), method.size());
    head_.target.assign(target.data(), target.size());
    http_1_1_ = version >= 11;
    is_head_ = head_.method == "HEAD";
    if (target.size() > uri_max_) refuse_now(414, error);
  }

  void on_response_impl(int /*code*/, beast::string_view /*reason*/, int /*version*/, error_code& error) override {
    refuse_now(400, error);
  }

  void on_field_impl(http::field field, beast::string_view name, beast::string_view value, error_code& error) override {
    if (is_header_done()) return;  // a trailer: nobody asks for those
    if (head_.headers.size() == kFieldsMax) return refuse_now(431, error);
    head_.headers.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
    if (field == http::field::host && (++hosts_ > 1 || !is_host(head_.headers.back().second))) refuse_now(400, error);
    // Equal lengths, or a list of them, may be taken for one (RFC 9112 6.3); not by us.
    if (field == http::field::content_length && (++lengths_ > 1 || !parse_number(head_.headers.back().second))) {
      refuse_now(400, error);
    }
    if (field == http::field::expect) {
      expects_continue_ = to_lower_ascii(head_.headers.back().second) == "100-continue";
    }
    if (field == http::field::transfer_encoding && to_lower_ascii(head_.headers.back().second) != "chunked") {
      refuse_now(501, error);
    }
  }

  void on_header_impl(error_code& error) override {
    if (hosts_ == 0 && http_1_1_) return refuse_now(400, error);
    if (chunked() && !http_1_1_) return refuse_now(400, error);
    if (const auto length = content_length()) head_.content_length = *length;
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, error_code& /*error*/) override {}

  std::size_t on_body_impl(beast::string_view piece, error_code& /*error*/) override {
    if (!piece.empty()) (*sink_)(as_bytes({piece.data(), piece.size()}));
    return piece.size();
  }

  void on_chunk_header_impl(std::uint64_t size, beast::string_view /*extensions*/, error_code& error) override {
    if (size > kChunkMax) refuse_now(400, error);
  }

  std::size_t on_chunk_body_impl(std::uint64_t /*remain*/, beast::string_view piece, error_code& error) override {
    return on_body_impl(piece, error);
  }

  void on_finish_impl(error_code& /*error*/) override {}

  std::size_t uri_max_;
  std::size_t header_max_;
  std::size_t header_used_ = 0;
  int hosts_ = 0;
  int lengths_ = 0;
  const std::function<void(ByteView)>* sink_ = nullptr;
};

RequestParser::RequestParser(std::size_t uri_max, std::size_t header_max)
    : impl_(std::make_unique<Impl>(uri_max, header_max)) {}
RequestParser::~RequestParser() = default;

RequestParser::Fed RequestParser::feed_head(std::string_view bytes) { return impl_->feed_head(bytes); }

RequestParser::Fed RequestParser::feed_body(std::string_view bytes, const std::function<void(ByteView)>& sink) {
  return impl_->feed_body(bytes, sink);
}

bool RequestParser::started() const { return impl_->got_some(); }
bool RequestParser::done() const { return impl_->is_done() && !impl_->refused_; }
int RequestParser::status() const { return impl_->status_; }
HttpRequestHead& RequestParser::head() { return impl_->head_; }

bool RequestParser::keep_alive() const { return !impl_->refused_ && impl_->is_header_done() && impl_->keep_alive(); }

bool RequestParser::is_http_1_1() const { return impl_->http_1_1_; }
bool RequestParser::is_head() const { return impl_->is_head_; }

bool RequestParser::expects_continue() const { return impl_->expects_continue_ && impl_->http_1_1_; }

std::optional<std::uint64_t> RequestParser::remaining() const {
  if (done()) return 0;
  if (impl_->refused_ || !impl_->is_header_done()) return std::nullopt;
  const auto left = impl_->content_length_remaining();
  if (!left) return std::nullopt;
  return *left;
}

}  // namespace strongroom::web

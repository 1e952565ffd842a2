// One request on the wire: turns bytes into a head and pieces of a body, with Beast's parser inside.
//
// Stricter than that parser where two readers of the same bytes could disagree about where a request ends (RFC 9112
// 6.3, 11.2): one Host, one framing, no transfer coding but `chunked`. Used by one thread at a time. After `refused`
// only head(), status() and the flags may be asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "ports/http.hpp"

namespace strongroom::web {

class RequestParser {
 public:
  enum class Step : std::uint8_t {
    need_more,  ///< everything usable was used: keep the rest and come again with more behind it
    complete,   ///< the head (feed_head) or the whole request (feed_body) has been read
    refused,    ///< see status()
  };
  struct Fed {
    Step step;
    std::size_t used;  ///< bytes that must not be offered again
  };

  RequestParser(std::size_t uri_max, std::size_t header_max);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Reads the request line and header. `bytes` starts with what the last call left.
  Fed feed_head(std::string_view bytes);
  /// Reads the body; `sink` gets each piece, which lies within `bytes`. Not to be called when done().
  Fed feed_body(std::string_view bytes, const std::function<void(ByteView)>& sink);

  /// True once any byte of the request was used.
  [[nodiscard]] bool started() const;
  /// True when the request has been read to its end.
  [[nodiscard]] bool done() const;
  /// The status to refuse with: 400, 414, 431 or 501.
  [[nodiscard]] int status() const;
  /// What was read of the head; without `remote`.
  [[nodiscard]] HttpRequestHead& head();
  /// Whether the client wants and may have another request on this connection; false before the head is complete.
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] bool is_http_1_1() const;
  [[nodiscard]] bool is_head() const;  ///< the method is HEAD
  /// The client waits for `100 Continue` before it sends the body.
  [[nodiscard]] bool expects_continue() const;
  /// Bytes of the body still to come; nothing when that is not known (chunked).
  [[nodiscard]] std::optional<std::uint64_t> remaining() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace strongroom::web

// HTTP as values: what the API sees of a request, and what it gives back. No sockets here.
//
// The server calls begin() once the head of a request has arrived; small JSON requests and uploads alike are then fed
// to the Exchange as bytes arrive, so no thread waits for a slow client. A response body is pulled by the socket
// (CORRECTNESS 4.6).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"

namespace strongroom {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// The value of a header, name compared without regard to case; the first one when repeated.
[[nodiscard]] std::optional<std::string_view> find_header(const HttpHeaders& headers, std::string_view name);

/// How often a header is there, names compared without regard to case.
[[nodiscard]] std::size_t count_headers(const HttpHeaders& headers, std::string_view name);

struct HttpRequestHead {
  std::string method;  ///< upper case as sent
  std::string target;  ///< path and query exactly as sent, undecoded
  HttpHeaders headers;
  std::string remote;  ///< address of the peer, without port
  std::optional<std::uint64_t> content_length;
};

/// What a pull of a body gave.
enum class Pull : std::uint8_t {
  bytes,    ///< something was appended
  not_yet,  ///< nothing now; wake() will be called when there is
  end,      ///< nothing more
};

/// A response body of any length. Pulled by one thread at a time, only when the socket can take more.
class HttpBody {
 public:
  virtual ~HttpBody() = default;
  /// Appends up to about `max` bytes to `out`. An Error aborts the connection: a cut answer never looks whole.
  virtual Result<Pull> pull(std::string& out, std::size_t max) = 0;
  /// Called once before the first pull: `wake` may be called from any thread after a not_yet.
  virtual void on_ready(std::function<void()> wake) { (void)wake; }
};

struct HttpResponse {
  int status = 200;
  HttpHeaders headers;                  ///< without Content-Length, Date, Connection: the server's affair
  std::string text;                     ///< the body when `body` is null
  std::shared_ptr<HttpBody> body;       ///< a streamed body
  std::optional<std::uint64_t> length;  ///< of the streamed body; chunked when unknown
};

/// One request on its way in. All calls come from one thread at a time, in order: body* then finish; or cancel.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;
  /// The response when it is known before (the rest of) the body: checked after begin and after every body call.
  /// Once there is one, no more body is delivered.
  virtual std::optional<HttpResponse> early() { return std::nullopt; }
  /// A piece of the request body. May block on a disk, never on a peer.
  virtual void body(ByteView bytes) = 0;
  /// The body is complete: the response.
  virtual HttpResponse finish() = 0;
  /// The client went away or was cut off: undo what is half done.
  virtual void cancel() {}
};

/// The whole of the API towards a server. Thread-safe; called from the server's pool.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual std::unique_ptr<HttpExchange> begin(HttpRequestHead head) = 0;
  /// The answer to a request the server itself had to refuse (malformed, header too large, timed out): an error
  /// document in the API's shape. `head` has what could be read.
  virtual HttpResponse refuse(int status, const HttpRequestHead& head) = 0;
};

/// Standard reason phrase (`404` -> `Not Found`), with the newer names of RFC 9110; empty when unknown.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace strongroom

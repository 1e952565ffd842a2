// HTTP towards the providers of storage: one request, one answer, bodies of any length either way.
//
// A request is sent exactly as it is: its path is not tidied up, and no header is added but Host, Content-Length,
// Expect and Connection, so that a signature over it holds. Redirects are not followed and nothing is tried again: what
// an answer means is the provider's affair. Blocks the caller; all calls may come from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "ports/http.hpp"

namespace strongroom {

/// What is known of a request that got no answer.
struct WebTrace {
  bool may_have_arrived = true;  ///< false when no connection came about over which any of it could have gone
  bool is_untrusted = false;     ///< the other side was there, but no TLS connection that can be trusted
};

struct WebRequest {
  std::string method;
  std::string url;  ///< http or https, encoded as it goes over the wire
  HttpHeaders headers;
  std::string body;              ///< unless there is a `source`
  ByteSource* source = nullptr;  ///< gives exactly `size` bytes, and outlives the call
  std::uint64_t size = 0;
  Duration timeout{};         ///< of the whole exchange; zero: as long as it moves
  WebTrace* trace = nullptr;  ///< filled when there is no answer, and outlives the call
  bool is_once = false;       ///< never sent a second time over a new connection because a kept one was closed
};

struct WebAnswer {
  int status = 0;
  HttpHeaders headers;
  std::string body;

  [[nodiscard]] bool succeeded() const { return status >= 200 && status <= 299; }
  /// A header's value; empty when absent.
  [[nodiscard]] std::string header(std::string_view name) const {
    return std::string(find_header(headers, name).value_or(std::string_view()));
  }
};

/// An answer whose body is read as it comes. A body that is cut off is a temporary error (Reason::truncated).
class WebDownload : public ByteSource {
 public:
  /// The answer's status and headers; the whole body, too, when the status is not one of success.
  [[nodiscard]] virtual const WebAnswer& answer() const = 0;
};

class WebClient {
 public:
  virtual ~WebClient() = default;
  /// An answer of any status is a WebAnswer; an Error means that none came, though the request may have been carried
  /// out all the same. A failing `source` gives its own Error. An answer of more than 64 MiB is Reason::limit.
  virtual Result<WebAnswer> exchange(const WebRequest& request) = 0;
  /// Returns once the answer's head is there. `request` has no source.
  virtual Result<std::unique_ptr<WebDownload>> download(const WebRequest& request) = 0;
};

}  // namespace strongroom

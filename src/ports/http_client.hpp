// The outgoing HTTP request of a callback: one POST, one answer, one resolution of the host name.
// Blocks the caller; all calls may come from any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "ports/http.hpp"

namespace strongroom {

struct CallbackRequest {
  std::string url;  ///< http or https, verbatim; user information is sent as Basic credentials
  HttpHeaders headers;
  std::string body;
  Duration connect_timeout = std::chrono::seconds(10);
  Duration timeout = std::chrono::seconds(60);
};

/// How an attempt ended: a status, or one of the reasons of domain-rules.md 4.5.
struct CallbackOutcome {
  std::optional<int> status;
  std::string reason;  ///< `connection refused`, `timed out`, `host not found`, `TLS error`, `address not allowed`

  [[nodiscard]] bool succeeded() const { return status && *status >= 200 && *status < 300; }
};

/// The headers of a delivery of ours (pipeline.md 11.1): whom it comes from, which one it is, and, with a secret, what
/// proves it.
struct DeliveryHeaders {
  std::string user_agent;
  std::string delivery;  ///< UUID, the same over all attempts
  int attempt = 1;
  std::string signing_secret;  ///< no signature when empty
};
[[nodiscard]] HttpHeaders delivery_headers(const DeliveryHeaders& headers, std::string_view body, Instant now);

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// Posts once. The host is resolved once; `allowed` (given each address as text) must agree to every address found,
  /// and the connection goes to one of them. Redirects are not followed; at most 64 KiB of the answer are read.
  /// Thread-safe. Blocks up to the time-outs.
  virtual CallbackOutcome post(const CallbackRequest& request,
                               const std::function<bool(const std::string& address)>& allowed) = 0;
};

}  // namespace strongroom

// Webhooks: addresses of others that JSON is posted to, reports and alerts to a chat or messages to a service
// (transfers.md 12.5, 14, 16.3).
//
// The address is a secret: no text here holds it. Nothing is tried again but once with a changed address; what an
// answer leads to is the caller's affair. Blocks the caller up to 30 s; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ports/http.hpp"

namespace strongroom {

struct WebhookAnswer {
  enum class Kind : std::uint8_t {
    accepted,  ///< 2xx
    retry,     ///< no answer, or one that time may mend; it may have been taken
    refused,   ///< 400, 413, 422: this message is not taken for what it is
    barred,    ///< 401, 403, 404, 405, 410, 3xx, or no address at all: an operator's affair, nothing was taken
  };
  Kind kind = Kind::retry;
  int status = 0;                    ///< 0 when no answer came
  std::string body{};                ///< the beginning of the answer's, on one line
  std::string message{};             ///< what happened, in plain words; empty when accepted
  std::optional<int> retry_after{};  ///< seconds, at most an hour
};

class Webhook {
 public:
  virtual ~Webhook() = default;
  /// One POST of these very bytes as `application/json`, with these headers besides.
  virtual WebhookAnswer post(const std::string& json, const HttpHeaders& more) = 0;
  WebhookAnswer post(const std::string& json) { return post(json, {}); }
};

}  // namespace strongroom

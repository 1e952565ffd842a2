// A URL as a topic: each message is posted there (transfers.md 14).
//
// JSON with `Idempotency-Key`, the message's id, and with a secret the signature of pipeline.md 11.1. What the other
// side answers decides: 400, 413 and 422 refuse the message; 401, 403, 404, 405 and 410 are an operator's affair;
// everything else but success is tried again. The URL may be a secret: no Error holds it. All calls may come from any
// thread.
#pragma once

#include <string>

#include "ports/clock.hpp"
#include "ports/http_client.hpp"
#include "ports/topic.hpp"

namespace strongroom::messages::webhook {

class WebhookTopic final : public Topic {
 public:
  /// No signature when `secret` is empty. `client` and `clock` outlive it.
  WebhookTopic(std::string url, std::string secret, std::string user_agent, HttpClient& client, Clock& clock);

  Result<void> publish(const Notice& notice) override;

 private:
  const std::string url_;
  const std::string secret_;
  const std::string user_agent_;
  HttpClient& client_;
  Clock& clock_;
};

}  // namespace strongroom::messages::webhook

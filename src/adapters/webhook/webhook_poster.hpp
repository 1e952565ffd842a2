// ports/webhook.hpp over HTTP: reports and alerts to Slack, messages to a service of others (transfers.md 12.5,
// 14, 16.2).
//
// The address is read at each use, and once more after a 401 or 403, so that a changed one needs no restart. Redirects
// are not followed. Any thread.
#pragma once

#include "adapters/cloud/secret.hpp"
#include "ports/clock.hpp"
#include "ports/web_client.hpp"
#include "ports/webhook.hpp"

namespace strongroom::webhook {

class WebhookPoster final : public Webhook {
 public:
  /// `setting`: which one it is, for messages: `monitor.webhook`. `web` and `clock` outlive it.
  WebhookPoster(std::string setting, cloud::SecretPlace address, const cloud::Environment& environment, WebClient& web,
                Clock& clock);

  using Webhook::post;
  WebhookAnswer post(const std::string& json, const HttpHeaders& more) override;

 private:
  WebhookAnswer attempt(const std::string& json, const HttpHeaders& more);

  const std::string setting_;
  const cloud::Secret address_;
  WebClient& web_;
  Clock& clock_;
};

}  // namespace strongroom::webhook

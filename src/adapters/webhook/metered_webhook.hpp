// A webhook whose posts are counted, by how they ended (transfers.md 16.3).
//
// As thread-safe as what it wraps.
#pragma once

#include <memory>
#include <string>

#include "ports/metrics.hpp"
#include "ports/webhook.hpp"

namespace strongroom::webhook {

class MeteredWebhook final : public Webhook {
 public:
  /// `remote` names it among those that are called: `report webhook`. The metrics outlive it.
  MeteredWebhook(std::unique_ptr<Webhook> inner, std::string remote, Metrics& metrics)
      : inner_(std::move(inner)), remote_(std::move(remote)), metrics_(metrics) {}

  using Webhook::post;
  WebhookAnswer post(const std::string& json, const HttpHeaders& more) override;

 private:
  const std::unique_ptr<Webhook> inner_;
  const std::string remote_;
  Metrics& metrics_;
};

}  // namespace strongroom::webhook

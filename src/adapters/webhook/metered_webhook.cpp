#include "adapters/webhook/metered_webhook.hpp"

namespace strongroom::webhook {

/// That it refuses a message is an answer like any other.
WebhookAnswer MeteredWebhook::post(const std::string& json, const HttpHeaders& more) {
  using Kind = WebhookAnswer::Kind;
  WebhookAnswer answer = inner_->post(json, more);
  const bool answered = answer.kind == Kind::accepted || answer.kind == Kind::refused;
  metrics_.count(metric::kRemoteCalls, {remote_, answered ? "succeeded" : "failed"});
  return answer;
}

}  // namespace strongroom::webhook

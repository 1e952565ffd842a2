#include "adapters/webhook/metered_webhook.hpp"

namespace strongroom::webhook {

WebhookAnswer MeteredWebhook::post(const std::string& json, const HttpHeaders& more) {
  using Kind = WebhookAnswer::Kind;
  WebhookAnswer answer = inner_->post(json, more);
  count_call(metrics_, remote_, answer.kind == Kind::accepted || answer.kind == Kind::refused);
  return answer;
}

}  // namespace strongroom::webhook

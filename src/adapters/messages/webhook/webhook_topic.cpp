#include "adapters/messages/webhook/webhook_topic.hpp"

namespace strongroom::messages::webhook {
namespace {

Error refusal(int status) {
  const std::string what = "the webhook answered " + std::to_string(status);
  switch (status) {
    case 400:
    case 413:
    case 422:
      return rejected(what);
    case 401:
    case 403:
      return broken(what + ": it does not let us in", {}, Reason::forbidden);
    case 404:
    case 405:
    case 410:
      return broken(what + ": there is nothing at its address", {}, Reason::not_found);
    default:
      return temporary(what);
  }
}

}  // namespace

WebhookTopic::WebhookTopic(std::string url, std::string secret, std::string user_agent, HttpClient& client,
                           Clock& clock)
    : url_(std::move(url)),
      secret_(std::move(secret)),
      user_agent_(std::move(user_agent)),
      client_(client),
      clock_(clock) {}

Result<void> WebhookTopic::publish(const Notice& notice) {
  CallbackRequest request{.url = url_, .headers = {}, .body = notice.body};
  request.headers =
      delivery_headers({.user_agent = user_agent_, .delivery = notice.id, .attempt = 1, .signing_secret = secret_},
                       notice.body, clock_.now());
  request.headers.emplace_back("Idempotency-Key", notice.id);
  // Operators name the address themselves: any network is theirs to choose.
  const CallbackOutcome outcome = client_.post(request, [](const std::string&) { return true; });
  if (outcome.succeeded()) return {};
  if (!outcome.status) return temporary("the webhook cannot be reached: " + outcome.reason);
  return refusal(*outcome.status);
}

}  // namespace strongroom::messages::webhook

#include "cli/alerts.hpp"

#include "adapters/webhook/metered_webhook.hpp"
#include "adapters/webhook/webhook_poster.hpp"
#include "cli/secret_settings.hpp"

namespace strongroom::cli {

std::unique_ptr<Webhook> make_webhook(const std::string& setting, const cloud::SecretPlace& address,
                                      const std::string& remote, const WebhookNeeds& needs) {
  if (!is_given(address)) return nullptr;
  return std::make_unique<webhook::MeteredWebhook>(
      std::make_unique<webhook::WebhookPoster>(setting, address, needs.environment, needs.providers.web(), needs.clock),
      remote, needs.metrics);
}

Alerts::Alerts(const Config& config, const AlertsNeeds& needs)
    : webhook_(make_webhook("alerts.webhook", config.transfers.alerts_webhook, "alert webhook", needs.webhook)),
      alarm_({needs.transfers, webhook_.get(), needs.webhook.clock, needs.entropy, needs.journal}),
      dead_letters_(needs.aside, alarm_) {}

}  // namespace strongroom::cli

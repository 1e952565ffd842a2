// How operators are told of problems and of dead letters, as the configuration has it (transfers.md 16.3).
//
// Part of the wiring, one a process. Any thread.
#pragma once

#include <memory>
#include <string>

#include "cli/config.hpp"
#include "cli/providers.hpp"
#include "ports/messages_aside.hpp"
#include "ports/metrics.hpp"
#include "ports/webhook.hpp"
#include "transfers/dead_letters.hpp"

namespace strongroom::cli {

/// Everything outlives what is made of it.
struct WebhookNeeds {
  Providers& providers;
  cloud::Environment environment;
  Clock& clock;
  Metrics& metrics;
};

/// What posts to the address that a setting leads to; null when it leads nowhere. `remote` names it among those whose
/// calls are counted.
[[nodiscard]] std::unique_ptr<Webhook> make_webhook(const std::string& setting, const cloud::SecretPlace& address,
                                                    const std::string& remote, const WebhookNeeds& needs);

/// Everything outlives the alerts.
struct AlertsNeeds {
  Transfers& transfers;
  MessagesAside& aside;
  WebhookNeeds webhook;
  Entropy& entropy;
  Log& journal;
};

class Alerts {
 public:
  Alerts(const Config& config, const AlertsNeeds& needs);
  Alerts(const Alerts&) = delete;
  Alerts& operator=(const Alerts&) = delete;

  [[nodiscard]] transfers::Alarm& alarm() { return alarm_; }
  [[nodiscard]] transfers::DeadLetters& dead_letters() { return dead_letters_; }

 private:
  const std::unique_ptr<Webhook> webhook_;  ///< null without one
  transfers::Alarm alarm_;
  transfers::DeadLetters dead_letters_;
};

}  // namespace strongroom::cli

// Dispatch: subscriptions are told of outgoing events by POST (http-api.md 9.4).
//
// Each subscription gets its events one after the other, in the order of the log; one that fails holds up those behind
// it, which is what order means, but for so long only: an event is given up when it is older than the limit and the
// subscriber has not taken anything for as long. It is then a dead letter, kept with its body until it is sent again.
// Delivery is at least once; an event's id is the delivery's. One Dispatcher per thread.
#pragma once

#include <stop_token>
#include <string>

#include "domain/callback_url.hpp"
#include "ports/clock.hpp"
#include "ports/entropy.hpp"
#include "ports/event_log.hpp"
#include "ports/http_client.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"
#include "ports/subscriptions.hpp"

namespace strongroom::events {

struct DispatchSettings {
  CallbackPolicy policy;
  Duration first_pause = std::chrono::seconds(15);  ///< after each failure three times the one before, ±10 %
  Duration longest_pause = std::chrono::hours(1);
  Duration give_up_after = std::chrono::hours(72);
  std::string signing_secret;  ///< no signature when empty
  std::string context_url;
  std::string user_agent;  ///< `Strongroom/{version}`
};

/// Everything outlives the dispatchers.
struct DispatchNeeds {
  Subscriptions& subscriptions;
  EventLog& log;
  Catalogue& catalogue;  ///< tells when something was committed
  HttpClient& client;
  Clock& clock;
  Entropy& entropy;
  Log& journal;
  Metrics& metrics;
};

class Dispatcher {
 public:
  /// `hand` is its number among the threads of the owner.
  Dispatcher(const DispatchNeeds& needs, const DispatchSettings& settings, OwnerId owner, int hand)
      : needs_(needs), settings_(settings), owner_(std::move(owner)), hand_(hand) {}

  /// Claims a subscription that is due and serves it for a while. False when there was none.
  Result<bool> serve_one();
  /// serve_one() again and again until a stop is asked for.
  void run(const std::stop_token& stop);

 private:
  Result<void> serve(const SubscriptionClaim& claim);
  Result<void> send_letter(const SubscriptionClaim& claim);
  Result<bool> send_next(SubscriptionSettle& place);
  Result<void> after_failure(SubscriptionSettle& place, const LoggedEvent& logged, const CallbackOutcome& outcome);
  Result<void> give_up_old(SubscriptionSettle& place);
  CallbackOutcome post(const Subscription& subscription, const std::string& id, const std::string& body, int attempt);
  [[nodiscard]] DeadLetter dead_letter(const LoggedEvent& logged, const std::string& detail) const;
  [[nodiscard]] Duration pause_after(int attempts) const;

  const DispatchNeeds& needs_;
  const DispatchSettings& settings_;
  OwnerId owner_;
  int hand_;
};

}  // namespace strongroom::events

// notify: the callback of an ended run, delivered under a claim of its own (pipeline.md 11, CORRECTNESS 2.3).
// Its loop has a thread of its own.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "domain/callback_url.hpp"
#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/entropy.hpp"
#include "ports/http_client.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"

namespace strongroom::ingest {

struct NotifySettings {
  CallbackPolicy policy;
  /// Attempts are one more than pauses: 5 in all (pipeline.md 11.2). Each pause varies by ±10 %.
  std::vector<Duration> pauses = {std::chrono::seconds(15), std::chrono::seconds(45), std::chrono::seconds(135),
                                  std::chrono::seconds(405)};
  std::string signing_secret;   ///< no signature when empty
  std::string public_base_url;  ///< for the document's `@context`
  std::string user_agent;       ///< `Strongroom/{version}`
};

struct NotifyNeeds {
  Catalogue& catalogue;
  HttpClient& client;
  Clock& clock;
  Entropy& entropy;
  Log& log;
  Metrics& metrics;
};

/// One thread per Notifier; any number of them share the same needs.
class Notifier {
 public:
  /// `needs` and `settings` outlive the notifier. `hand` is its number among the threads of the owner.
  Notifier(const NotifyNeeds& needs, const NotifySettings& settings, OwnerId owner, int hand)
      : needs_(needs), settings_(settings), owner_(std::move(owner)), hand_(hand) {}

  /// Claims one delivery that is due and makes one attempt. False when there was none.
  Result<bool> deliver_one();
  /// deliver_one() again and again until a stop is asked for.
  void run(std::stop_token stop);

 private:
  Result<void> fix_body(DeliveryClaim& claim);
  CallbackRequest request_of(const DeliveryClaim& claim) const;
  Result<void> record(const DeliveryClaim& claim, const CallbackOutcome& outcome);

  const NotifyNeeds& needs_;
  const NotifySettings& settings_;
  OwnerId owner_;
  int hand_;
};

}  // namespace strongroom::ingest

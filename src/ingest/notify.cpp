#include "ingest/notify.hpp"

#include "domain/documents.hpp"

namespace strongroom::ingest {
namespace {

constexpr Duration kIdle = std::chrono::seconds(1);
/// A delivery whose worker is lost again and again is ended like one that got no answer.
constexpr int kLossesMax = 5;

Duration pause_before_next(const std::vector<Duration>& pauses, int attempt, double fraction) {
  const Duration pause = pauses[static_cast<std::size_t>(attempt - 1)];
  return Duration(static_cast<std::int64_t>(static_cast<double>(pause.count()) * (0.9 + 0.2 * fraction)));
}

/// domain-rules.md 4.5.
std::string ended_text(const IngestId& ingest, const CallbackOutcome& outcome) {
  if (outcome.succeeded()) return "Callback fulfilled";
  const std::string failed = "Callback failed for: " + ingest.str();
  if (!outcome.status) return failed + " (" + outcome.reason + ")";
  std::string status = std::to_string(*outcome.status);
  if (const auto phrase = reason_phrase(*outcome.status); !phrase.empty()) status.append(" ").append(phrase);
  return failed + ", got " + status + "!";
}

}  // namespace

Result<bool> Notifier::deliver_one() {
  TRY(std::optional<DeliveryClaim> claim, needs_.catalogue.claim_delivery(owner_, hand_));
  if (!claim) return false;
  CallbackOutcome outcome;
  if (claim->delivery.losses > kLossesMax) {
    outcome.reason = "timed out";
    TRY_VOID(record(*claim, outcome));
    return true;
  }
  TRY_VOID(fix_body(*claim));
  outcome = needs_.client.post(request_of(*claim), [this](const std::string& address) {
    return callback_address_allowed(address, settings_.policy);
  });
  TRY_VOID(record(*claim, outcome));
  return true;
}

void Notifier::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    const std::uint64_t seen = needs_.catalogue.news(News::deliveries);
    auto delivered = deliver_one();
    if (!delivered) needs_.log.write(LogLevel::error, "delivery failed", {{"why", delivered.error().text()}});
    if (!delivered) {
      needs_.clock.wait_until(needs_.clock.since_boot() + kIdle, stop);
    } else if (!*delivered) {
      needs_.catalogue.wait_for_news(News::deliveries, seen, needs_.clock.since_boot() + kIdle, stop);
    }
  }
}

/// The body is the ingest as its creator sees it at the first attempt, and the same bytes in every attempt.
Result<void> Notifier::fix_body(DeliveryClaim& claim) {
  if (!claim.delivery.body.empty()) return {};
  TRY(const std::optional<Ingest> ingest, needs_.catalogue.find_ingest(claim.delivery.ingest));
  if (!ingest) return broken("a delivery without its ingest", claim.delivery.ingest.str());
  TRY(const auto events, needs_.catalogue.events_of(ingest->id));
  claim.delivery.body = ingest_document({.ingest = *ingest,
                                         .events = events,
                                         .reader = Reader::creator,
                                         .context_url = settings_.public_base_url + "/context.json"});
  return needs_.catalogue.fix_delivery_body(claim, claim.delivery.body);
}

CallbackRequest Notifier::request_of(const DeliveryClaim& claim) const {
  const Delivery& delivery = claim.delivery;
  CallbackRequest request;
  request.url = resolved_callback_url(delivery.url, delivery.ingest.str());
  request.body = delivery.body;
  request.headers = delivery_headers({settings_.user_agent, delivery.id, delivery.attempt, settings_.signing_secret},
                                     delivery.body, needs_.clock.now());
  return request;
}

Result<void> Notifier::record(const DeliveryClaim& claim, const CallbackOutcome& outcome) {
  const Delivery& delivery = claim.delivery;
  const bool used_up = delivery.attempt > static_cast<int>(settings_.pauses.size());
  const bool refused = outcome.reason == "address not allowed";
  const bool ended = outcome.succeeded() || used_up || refused || delivery.losses > kLossesMax;
  needs_.metrics.count(metric::kCallbacks, {outcome.succeeded() ? "succeeded" : "failed"});
  needs_.log.write(LogLevel::info, "callback attempt",
                   {{"ingest", delivery.ingest.str()},
                    {"attempt", std::to_string(delivery.attempt)},
                    {"outcome", outcome.status ? std::to_string(*outcome.status) : outcome.reason}});
  for (int tries = 1;; ++tries) {
    DeliverySettle settle{claim, needs_.clock.now(), {}, {}, {}};
    settle.attempt = DeliveryAttempt{delivery.attempt, settle.now, outcome.succeeded(), outcome.status, outcome.reason};
    if (ended) {
      TRY(const std::optional<Ingest> ingest, needs_.catalogue.find_ingest(delivery.ingest));
      if (!ingest) return broken("a delivery without its ingest", delivery.ingest.str());
      IngestChange change(*ingest);
      TRY_VOID(change.set_callback_status(outcome.succeeded() ? CallbackStatus::succeeded : CallbackStatus::failed));
      change.add_event(ended_text(delivery.ingest, outcome), settle.now);
      settle.ended = SaveIngest{change.ingest(), change.events(), random_uuid(needs_.entropy)};
    } else {
      settle.due = needs_.clock.since_boot() +
                   pause_before_next(settings_.pauses, delivery.attempt, random_fraction(needs_.entropy));
    }
    auto done = needs_.catalogue.settle_delivery(settle);
    if (done || done.error().reason != Reason::conflict || tries >= 8) return done;
  }
}

}  // namespace strongroom::ingest

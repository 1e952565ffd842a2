#include "events/dispatch.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "domain/event_kinds.hpp"
#include "domain/json_members.hpp"
#include "events/envelope.hpp"

namespace strongroom::events {
namespace {

constexpr Duration kNap = std::chrono::seconds(1);
constexpr Duration kAfterTrouble = std::chrono::seconds(5);
/// Where nothing passed the filter the log is looked at again so soon.
constexpr Duration kLookAgain = std::chrono::milliseconds(200);
/// Delivered under one claim, then others have their turn.
constexpr int kAtOnce = 50;
/// Looked at in one reading.
constexpr std::size_t kGlance = 2000;
/// Given up in one settle, with their bodies.
constexpr std::size_t kGivenUpAtOnce = 100;

/// Kinds that ask for a right of their own must be named.
EventFilter filter_of(const Subscription& subscription) {
  EventFilter filter{subscription.kinds, std::nullopt, subscription.spaces};
  if (filter.kinds.empty()) filter.kinds.assign(kOpenEventKinds.begin(), kOpenEventKinds.end());
  return filter;
}

std::string text_of(const CallbackOutcome& outcome) {
  return outcome.status ? "got " + std::to_string(*outcome.status) : outcome.reason;
}

SubscriptionSettle place_of(const SubscriptionClaim& claim) {
  SubscriptionSettle place{.claim = claim};
  place.position = claim.subscription.position;
  place.attempts = claim.subscription.attempts;
  place.trouble_since = claim.subscription.trouble_since;
  place.detail = claim.subscription.detail;
  return place;
}

/// The id of an envelope that was kept.
std::string id_of(const std::string& envelope) {
  const auto members = JsonMembers::parse(envelope);
  const auto id = members ? members->text("id") : Result<std::string>(members.error());
  return id ? *id : std::string();
}

}  // namespace

Result<bool> Dispatcher::serve_one() {
  TRY(const auto claim, needs_.subscriptions.claim_subscription(owner_, hand_));
  if (!claim) return false;
  const auto served = serve(*claim);
  // Another has it by now, or it was removed: neither is trouble.
  if (!served && served.error().reason != Reason::stale_lease) return served.error();
  return true;
}

void Dispatcher::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const std::uint64_t seen = needs_.catalogue.news(News::events);
    const auto served = serve_one();
    if (!served) {
      needs_.journal.write(LogLevel::error, "subscription_not_served", {{"error", served.error().text()}});
      needs_.clock.wait_until(needs_.clock.since_boot() + kAfterTrouble, stop);
    } else if (!*served) {
      needs_.catalogue.wait_for_news(News::events, seen, needs_.clock.since_boot() + kNap, stop);
    }
  }
}

Result<void> Dispatcher::serve(const SubscriptionClaim& claim) {
  if (claim.letter) return send_letter(claim);
  SubscriptionSettle place = place_of(claim);
  place.keep = true;
  for (int sent = 0; sent < kAtOnce && place.keep; ++sent) {
    TRY(const bool goes_on, send_next(place));
    // The last one gives the subscription back.
    place.keep = goes_on && sent + 1 < kAtOnce;
    TRY_VOID(needs_.subscriptions.settle_subscription(place));
    place.dead.clear();
  }
  return {};
}

/// Once more, and only once: what fails again stays what it was.
Result<void> Dispatcher::send_letter(const SubscriptionClaim& claim) {
  DeadLetter letter = *claim.letter;
  SubscriptionSettle place = place_of(claim);
  const CallbackOutcome outcome = post(claim.subscription, id_of(letter.body), letter.body, 1);
  if (outcome.succeeded()) {
    place.delivered_letter = letter.sequence;
  } else {
    letter.detail = text_of(outcome);
    letter.ended = needs_.clock.now();
    place.dead.push_back(std::move(letter));
  }
  return needs_.subscriptions.settle_subscription(place);
}

/// Looks for the next event and delivers it. False when the claim is to be given up for now.
Result<bool> Dispatcher::send_next(SubscriptionSettle& place) {
  const Subscription& subscription = place.claim.subscription;
  TRY(const EventPage page, needs_.log.events_after(place.position, filter_of(subscription), 1, kGlance));
  if (page.events.empty()) {
    place.position = page.looked_at;
    place.due = needs_.clock.since_boot() + (page.more ? Duration(0) : kLookAgain);
    return page.more;
  }
  const LoggedEvent& logged = page.events.front();
  const CallbackOutcome outcome =
      post(subscription, logged.event.id, envelope(logged, settings_.context_url), place.attempts + 1);
  if (!outcome.succeeded()) {
    TRY_VOID(after_failure(place, logged, outcome));
    return false;
  }
  place.position = logged.event.sequence;
  place.attempts = 0;
  place.trouble_since.reset();
  place.detail.clear();
  place.due = needs_.clock.since_boot();
  return true;
}

Result<void> Dispatcher::after_failure(SubscriptionSettle& place, const LoggedEvent& logged,
                                       const CallbackOutcome& outcome) {
  place.attempts += 1;
  place.detail = text_of(outcome);
  if (!place.trouble_since) place.trouble_since = needs_.clock.now();
  place.due = needs_.clock.since_boot() + pause_after(place.attempts);
  needs_.journal.write(LogLevel::warning, "subscription_attempt_failed",
                       {{"subscription", place.claim.subscription.id},
                        {"sequence", std::to_string(logged.event.sequence)},
                        {"attempt", std::to_string(place.attempts)},
                        {"outcome", place.detail}});
  return give_up_old(place);
}

/// The subscriber has just failed again: what has waited for too long, and so have they, is given up without a try of
/// its own each.
Result<void> Dispatcher::give_up_old(SubscriptionSettle& place) {
  const Instant now = needs_.clock.now();
  if (now - *place.trouble_since < settings_.give_up_after) return {};
  TRY(const EventPage page,
      needs_.log.events_after(place.position, filter_of(place.claim.subscription), kGivenUpAtOnce, kGlance));
  for (const LoggedEvent& logged : page.events) {
    if (now - logged.event.time < settings_.give_up_after) return {};
    place.dead.push_back(dead_letter(logged, place.detail));
    place.position = logged.event.sequence;
    needs_.metrics.count(metric::kSubscriptionDeliveries, {"given up"});
    needs_.journal.write(LogLevel::error, "subscription_event_given_up",
                         {{"subscription", place.claim.subscription.id},
                          {"sequence", std::to_string(logged.event.sequence)},
                          {"outcome", place.detail}});
  }
  return {};
}

CallbackOutcome Dispatcher::post(const Subscription& subscription, const std::string& id, const std::string& body,
                                 int attempt) {
  CallbackRequest request;
  request.url = subscription.url;
  request.body = body;
  request.headers =
      delivery_headers({settings_.user_agent, id, attempt, settings_.signing_secret}, body, needs_.clock.now());
  CallbackOutcome outcome = needs_.client.post(
      request, [this](const std::string& address) { return callback_address_allowed(address, settings_.policy); });
  needs_.metrics.count(metric::kSubscriptionDeliveries, {outcome.succeeded() ? "succeeded" : "failed"});
  return outcome;
}

DeadLetter Dispatcher::dead_letter(const LoggedEvent& logged, const std::string& detail) const {
  return {logged.event.sequence, logged.event.kind, envelope(logged, settings_.context_url), needs_.clock.now(),
          detail};
}

Duration Dispatcher::pause_after(int attempts) const {
  Duration pause = settings_.first_pause;
  for (int i = 1; i < attempts && pause < settings_.longest_pause; ++i) pause *= 3;
  pause = std::min(pause, settings_.longest_pause);
  const double factor = 0.9 + 0.2 * random_fraction(needs_.entropy);
  return Duration(static_cast<std::int64_t>(static_cast<double>(pause.count()) * factor));
}

}  // namespace strongroom::events

// Subscriptions: who is told of outgoing events by POST, and how far each of them has come (http-api.md 9.4).
//
// Kept by the adapter that keeps the catalogue, beside the event log; one place in that log per subscription, so that
// what waits costs nothing. A subscription is served by one worker at a time, under a claim with a fence as bags are.
// All calls may come from any thread; each is atomic. Errors as the catalogue's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ports/catalogue.hpp"

namespace strongroom {

struct Subscription {
  std::string id;  ///< UUID
  std::string url;
  std::vector<std::string> kinds{};                  ///< any of these; of every open kind when empty
  std::optional<std::vector<std::string>> spaces{};  ///< of these; of every space when absent
  Instant created;
  ClientId client;
  std::int64_t position = 0;  ///< events up to here were delivered, left out, or given up
  int attempts = 0;           ///< that have failed since the last delivery
  std::optional<Instant> trouble_since{};
  std::string detail{};  ///< how the last failed attempt ended
  std::uint64_t dead_letters = 0;
};

/// An event that could not be delivered for as long as is tried.
struct DeadLetter {
  std::int64_t sequence = 0;
  std::string kind;
  std::string body;  ///< the envelope, kept for as long as it may be sent again
  Instant ended;
  std::string detail;
};

struct SubscriptionClaim {
  Subscription subscription;
  std::optional<DeadLetter> letter;  ///< the first that is to be sent again
  OwnerId owner;
  Fence fence;
};

/// What an attempt, or a look at the log, has changed. Refused with stale_lease like a settle.
struct SubscriptionSettle {
  SubscriptionClaim claim;
  std::int64_t position = 0;
  int attempts = 0;
  std::optional<Instant> trouble_since{};
  std::string detail{};
  std::vector<DeadLetter> dead{};                  ///< new ones; one that was sent again in vain replaces itself
  std::optional<std::int64_t> delivered_letter{};  ///< sequence of the one that was sent again and taken
  Duration due{};                                  ///< since_boot: not to be claimed before
  bool keep = false;                               ///< the claim goes on
};

class Subscriptions {
 public:
  virtual ~Subscriptions() = default;

  virtual Result<void> add_subscription(const Subscription& subscription, const Deed& deed) = 0;
  /// In the order in which they were added.
  virtual Result<std::vector<Subscription>> list_subscriptions() = 0;
  virtual Result<std::optional<Subscription>> find_subscription(const std::string& id) = 0;
  /// The first `limit` by sequence.
  virtual Result<std::vector<DeadLetter>> dead_letters_of(const std::string& id, std::size_t limit) = 0;
  /// With its dead letters. False when there is none.
  virtual Result<bool> remove_subscription(const std::string& id, const Deed& deed) = 0;
  /// Every dead letter is sent once more, and what waits for its next attempt waits no longer. False when there is
  /// none.
  virtual Result<bool> retry_subscription(const std::string& id, const Deed& deed) = 0;

  /// One that is due and has something behind its position or a letter to be sent again; the one served longest ago.
  virtual Result<std::optional<SubscriptionClaim>> claim_subscription(const OwnerId& owner, int hand) = 0;
  virtual Result<void> settle_subscription(const SubscriptionSettle& settle) = 0;
};

}  // namespace strongroom

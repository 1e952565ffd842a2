// Intake: notifications of object stores become packages in the catalogue (transfers.md 3.1 to 3.3).
//
// What it answers is durable. A repeated notification, and one about an object that a sweep has recorded already,
// changes nothing. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ports/clock.hpp"
#include "ports/entropy.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"
#include "ports/transfers.hpp"
#include "transfers/dead_letters.hpp"
#include "transfers/notification.hpp"
#include "transfers/prefixes.hpp"

namespace strongroom::transfers {

/// An area that notifications may tell of.
struct IntakeArea {
  std::string name;
  std::string bucket;
};

struct IntakeSettings {
  std::vector<IntakeArea> areas{};
  std::vector<Prefix> prefixes = default_prefixes();
};

/// Everything outlives the call.
struct IntakeNeeds {
  Transfers& transfers;
  DeadLetters& dead_letters;
  Clock& clock;
  Entropy& entropy;
  Log& log;
  Metrics& metrics;
};

/// What became of the records of a notification.
struct IntakeReceipt {
  std::size_t accepted = 0;  ///< new packages
  std::size_t known = 0;     ///< delivered before, or noticed otherwise
  std::size_t ignored = 0;   ///< of other events, keys or buckets
  std::vector<MalformedRecord> malformed{};
};

/// Takes one notification in; `source` is `http` or `sqs`. Rejected, with the reason, when the body is none. Any other
/// Error is the catalogue's: what could be kept is kept, and the notification is to be repeated.
Result<IntakeReceipt> take_in(const IntakeNeeds& needs, const IntakeSettings& settings, std::string_view source,
                              std::string_view body);

/// A whole message that is no notification: kept for an operator, its beginning at least, and told as an alert.
Result<void> set_unreadable_aside(const IntakeNeeds& needs, std::string_view source, std::string_view body,
                                  const std::string& why);

}  // namespace strongroom::transfers

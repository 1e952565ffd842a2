// Notifications of an object store: which objects they say were put into which bucket (transfers.md 3.1).
//
// Each record of a notification stands for itself: one that cannot be read keeps no other back. Pure functions; any
// thread. Any bytes may come.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/transfer.hpp"

namespace strongroom::transfers {

/// An object that was put.
struct Announced {
  std::string bucket;
  std::string key;  ///< decoded
  TransferEvent event;
};

/// A record that is not as it must be.
struct MalformedRecord {
  std::size_t index = 0;    ///< in the notification, from 0
  std::string description;  ///< what is wrong with it
  std::string message{};    ///< a notification of this record alone, to be repeated once it can be read
};

struct Notification {
  std::vector<Announced> announced;
  std::vector<MalformedRecord> malformed;
  std::size_t others = 0;  ///< records of something else than a put
};

/// Reads a notification as it comes, or in an envelope of SNS; the test of a new subscription has no records. `source`
/// becomes the events' (`http`, `sqs`). Rejected, with the reason, when the body is no notification at all.
[[nodiscard]] Result<Notification> parse_notification(std::string_view body, std::string_view source);

/// The key that stands in a notification: `+` is a space, `%XX` a byte where X are hex digits; what is not UTF-8 then
/// becomes U+FFFD, one for each maximal part of a character.
[[nodiscard]] std::string decode_key(std::string_view text);

}  // namespace strongroom::transfers

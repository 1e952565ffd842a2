// Messages aside: dead letters, set aside because nothing can be made of them, until an operator has looked
// (transfers.md 3.1, 14).
//
// Kept by the adapter that keeps the catalogue. All calls may come from any thread; each is atomic. Errors as the
// catalogue's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace strongroom {

struct MessageAside {
  std::int64_t number = 0;  ///< given when it is set aside
  std::string source;       ///< who set it aside: `notify born-digital`
  std::string subject;      ///< which message it is: the event's id; of one source and subject there is one
  std::string body;
  std::string reason;
  Instant created;
  friend bool operator==(const MessageAside&, const MessageAside&) = default;
};

class MessagesAside {
 public:
  virtual ~MessagesAside() = default;

  /// Its number is given; one that is there already is left as it is. False then.
  virtual Result<bool> set_aside(const MessageAside& message) = 0;
  /// The next `limit` behind `after`, by number.
  virtual Result<std::vector<MessageAside>> messages_aside(std::int64_t after, std::size_t limit) = 0;
  virtual Result<std::optional<MessageAside>> find_aside(std::int64_t number) = 0;
  /// False when there is none.
  virtual Result<bool> drop_aside(std::int64_t number) = 0;
};

}  // namespace strongroom

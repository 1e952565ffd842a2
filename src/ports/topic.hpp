// Topics: where messages are published for whoever has subscribed there, outside of the house (pipeline.md 15).
// Blocks the caller; all calls may come from any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace strongroom {

struct Notice {
  std::string id;             ///< the same for every repetition
  std::int64_t sequence = 0;  ///< of the event it is made of: what came later has a higher one
  std::string group;          ///< what belongs together and is to stay in order, where the topic keeps an order
  std::string body;
};

class Topic {
 public:
  virtual ~Topic() = default;
  /// Once the topic has it. Rejected: the topic refuses this one for what it is, now and later. Temporary and broken:
  /// nobody knows, or it was not taken; sending it again is right.
  virtual Result<void> publish(const Notice& notice) = 0;
};

}  // namespace strongroom

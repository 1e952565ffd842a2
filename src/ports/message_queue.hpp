// Message queues: messages from outside of the house, each given again until it was removed.
// Blocks the caller; all calls may come from any thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace strongroom {

struct QueuedMessage {
  std::string id;
  std::string receipt;  ///< of this delivery: what remove() wants
  std::string body;
};

class MessageQueue {
 public:
  virtual ~MessageQueue() = default;
  /// Up to ten that are due, hidden from others for as long as the queue is set to; waits for the first one up to
  /// `wait`, twenty seconds at most. What was damaged on its way is left in the queue.
  virtual Result<std::vector<QueuedMessage>> receive(std::chrono::seconds wait) = 0;
  /// It is not given again. Success, too, when it is gone already.
  virtual Result<void> remove(const std::string& receipt) = 0;
};

}  // namespace strongroom

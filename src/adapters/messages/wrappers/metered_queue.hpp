// A message queue whose calls are counted, by how they ended (transfers.md 16.3).
//
// As thread-safe as what it wraps.
#pragma once

#include <memory>
#include <string>

#include "ports/message_queue.hpp"
#include "ports/metrics.hpp"

namespace strongroom::messages {

class MeteredQueue final : public MessageQueue {
 public:
  /// `remote` names it among those that are called: `queue of main`. The metrics outlive it.
  MeteredQueue(std::unique_ptr<MessageQueue> inner, std::string remote, Metrics& metrics)
      : inner_(std::move(inner)), remote_(std::move(remote)), metrics_(metrics) {}

  Result<std::vector<QueuedMessage>> receive(std::chrono::seconds wait) override;
  Result<void> remove(const std::string& receipt) override;

 private:
  const std::unique_ptr<MessageQueue> inner_;
  const std::string remote_;
  Metrics& metrics_;
};

}  // namespace strongroom::messages

// A topic whose publications are counted, by how they ended (transfers.md 16.3).
//
// As thread-safe as what it wraps.
#pragma once

#include <memory>
#include <string>

#include "ports/metrics.hpp"
#include "ports/topic.hpp"

namespace strongroom::messages {

class MeteredTopic final : public Topic {
 public:
  /// `remote` names it among those that are called: `notification webhook`. The metrics outlive it.
  MeteredTopic(std::unique_ptr<Topic> inner, std::string remote, Metrics& metrics)
      : inner_(std::move(inner)), remote_(std::move(remote)), metrics_(metrics) {}

  Result<void> publish(const Notice& notice) override;

 private:
  const std::unique_ptr<Topic> inner_;
  const std::string remote_;
  Metrics& metrics_;
};

}  // namespace strongroom::messages

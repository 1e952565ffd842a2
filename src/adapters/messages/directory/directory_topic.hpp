// A directory as a topic: each message is a file there (transfers.md 14).
//
// `<sequence, 20 digits>-<message id>.json`, so names sort as events do. Written under another name, brought to the
// disk, and renamed: whoever reads the directory sees whole messages. One that is there already is done. All calls may
// come from any thread.
#pragma once

#include <string>

#include "ports/topic.hpp"

namespace strongroom::messages::directory {

class DirectoryTopic final : public Topic {
 public:
  /// The directory is made with the first message.
  explicit DirectoryTopic(std::string directory) : directory_(std::move(directory)) {}

  Result<void> publish(const Notice& notice) override;

 private:
  const std::string directory_;
};

}  // namespace strongroom::messages::directory

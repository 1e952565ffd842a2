// The bytes of a stored object, fetched on when a connection breaks off, and never fewer than there should be.
//
// Used by one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/cloud/patience.hpp"
#include "ports/web_client.hpp"

namespace strongroom::remote {

class ResumingSource final : public ByteSource {
 public:
  /// Asks for everything from `offset` (of the object) on; the object must be the same as at first.
  using Reopen = std::function<Result<std::unique_ptr<WebDownload>>(std::uint64_t offset)>;
  struct Extent {
    std::uint64_t first = 0;
    std::uint64_t there = 0;   ///< bytes from `first` on that the object has
    std::uint64_t wanted = 0;  ///< more than `there`: Reason::truncated behind the last of them
  };

  ResumingSource(std::unique_ptr<WebDownload> download, const Extent& extent, Reopen reopen,
                 const cloud::Attempts& attempts, std::string key);
  Result<std::size_t> read(ByteSpan into) override;

 private:
  std::unique_ptr<WebDownload> download_;
  const Extent extent_;
  const Reopen reopen_;
  cloud::Attempts attempts_;
  const std::string key_;
  std::uint64_t read_ = 0;
};

}  // namespace strongroom::remote

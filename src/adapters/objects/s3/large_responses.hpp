// ports/large_responses.hpp on a bucket of S3: objects named by their day and their SHA-256, given away by presigned
// URLs.
//
// A day's objects are given away on that day only, so the last of their URLs ends a day later: a lifecycle rule that
// removes objects after two days never takes one away under a URL. All calls may come from any thread.
#pragma once

#include <memory>

#include "adapters/objects/s3/store.hpp"
#include "ports/large_responses.hpp"

namespace strongroom::s3 {

class S3LargeResponses final : public LargeResponses {
 public:
  /// Few attempts: a client waits meanwhile.
  static constexpr cloud::Patience kPatience{2, std::chrono::milliseconds(200), std::chrono::seconds(1)};

  /// `prefix` of every key: empty, or ending in `/`.
  S3LargeResponses(std::unique_ptr<Bucket> bucket, std::string prefix, Clock& clock);

  Result<std::string> keep(const LargeResponse& response, const ContentOpener& open) override;

 private:
  Bucket& bucket_;
  const std::string prefix_;
  Clock& clock_;
  S3Store store_;
};

}  // namespace strongroom::s3

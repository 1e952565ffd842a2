// ports/sources.hpp on buckets of S3: packages are read as they lie there, and must not change meanwhile.
// All calls may come from any thread.
#pragma once

#include "adapters/objects/s3/bucket.hpp"
#include "ports/sources.hpp"

namespace strongroom::s3 {

class S3Sources final : public Sources {
 public:
  /// Every bucket that a location names is looked for at `address`, whose own bucket does not count.
  S3Sources(BucketAddress address, const BucketNeeds& needs) : address_(std::move(address)), needs_(needs) {}

  Result<std::unique_ptr<PackageSource>> open(const SourceLocation& location) override;

 private:
  const BucketAddress address_;
  const BucketNeeds needs_;
};

}  // namespace strongroom::s3

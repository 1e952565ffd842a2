// The bytes of one object of a bucket, by ranges: each read is one request, bound to the object by its version or by
// its ETag, and taken up again where it breaks off.
//
// Used by one thread at a time; the bucket outlives it.
#pragma once

#include <string>

#include "adapters/objects/s3/bucket.hpp"
#include "base/random_access.hpp"
#include "ports/transfer_area.hpp"

namespace strongroom::areas {

/// An error of a bucket as ports/transfer_area.hpp has it: what is missing or has changed is rejected, what an operator
/// has to mend is broken.
[[nodiscard]] Error area_error(Error error, const std::string& key);
/// As S3's headers have it.
[[nodiscard]] std::string quoted(const std::string& etag);

class S3Ranges final : public RandomAccess {
 public:
  S3Ranges(s3::Bucket& bucket, AreaObject object) : bucket_(bucket), object_(std::move(object)) {}
  [[nodiscard]] std::uint64_t size() const override { return object_.size; }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override;

 private:
  /// Both included.
  Result<std::unique_ptr<WebDownload>> download(std::uint64_t first, std::uint64_t last);

  s3::Bucket& bucket_;
  const AreaObject object_;
};

}  // namespace strongroom::areas

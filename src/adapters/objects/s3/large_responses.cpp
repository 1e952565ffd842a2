#include "adapters/objects/s3/large_responses.hpp"

#include "base/limits.hpp"

namespace strongroom::s3 {
namespace {

/// `2024-05-01`, in UTC.
std::string day_of(Instant instant) { return format_instant(instant).substr(0, 10); }

/// Writers at one key write the same bytes, so that no store needs to know a condition.
StoreOptions options_for(const std::string& prefix) {
  return {prefix, "", CreateOnly::by_looking, limits::kLargeResponsePart};
}

}  // namespace

S3LargeResponses::S3LargeResponses(std::unique_ptr<Bucket> bucket, std::string prefix, Clock& clock)
    : bucket_(*bucket), prefix_(std::move(prefix)), clock_(clock), store_(std::move(bucket), options_for(prefix_)) {}

Result<std::string> S3LargeResponses::keep(const LargeResponse& response, const ContentOpener& open) {
  const std::string key = day_of(clock_.now()) + "/" + response.spec.sha256.hex() + ".json";
  // Only this writes there, and what it writes is checked on its way: the size is enough to know it again.
  TRY(const std::optional<ObjectInfo> kept, store_.stat(key));
  if (!kept || kept->size != response.spec.size) {
    TRY_VOID(store_.put(key, response.spec, open));
  }
  return bucket_.presigned_url(prefix_ + key, kValid, {{"response-content-type", response.media_type}});
}

}  // namespace strongroom::s3

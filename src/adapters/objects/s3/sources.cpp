#include "adapters/objects/s3/sources.hpp"

#include "adapters/objects/remote/remote_package.hpp"
#include "base/text.hpp"

namespace strongroom::s3 {
namespace {

class S3Package final : public remote::RemotePackage {
 public:
  S3Package(std::unique_ptr<Bucket> bucket, std::string key, SourceIdentity identity, const std::string& shown)
      : RemotePackage(std::move(identity), shown, bucket->attempts()),
        bucket_(std::move(bucket)),
        key_(std::move(key)) {}

 private:
  Result<std::unique_ptr<WebDownload>> download(std::uint64_t first, std::uint64_t last) override {
    Call call{"GET", key_};
    call.headers = {{"Range", "bytes=" + std::to_string(first) + "-" + std::to_string(last)},
                    {"If-Match", identity().tag}};
    return bucket_->download(call);
  }
  Result<std::string> tag_now() override {
    TRY(const WebAnswer answer, bucket_->carry_out({"HEAD", key_}));
    return answer.header("ETag");
  }

  std::unique_ptr<Bucket> bucket_;
  const std::string key_;
};

/// A HEAD tells a missing bucket from a missing object by nothing: the bucket is asked for.
Result<void> find_bucket(Bucket& bucket) {
  const Call call{"GET", "", {{"list-type", "2"}, {"max-keys", "1"}}};
  const auto listed = bucket.carry_out(call);
  if (!listed && listed.error().reason == Reason::no_container) return listed.error();
  return {};
}

}  // namespace

Result<std::unique_ptr<PackageSource>> S3Sources::open(const SourceLocation& location) {
  BucketAddress address = address_;
  address.bucket = location.bucket;
  auto bucket = std::make_unique<Bucket>(std::move(address), needs_);
  Result<WebAnswer> head = bucket->carry_out({"HEAD", location.path});
  if (!head && head.error().reason == Reason::not_found) {
    if (const Result<void> there = find_bucket(*bucket); !there) head = there.error();
  }
  if (!head) return remote::for_depositor(std::move(head).error(), location.text());
  const auto size = parse_number(head->header("Content-Length"));
  const std::string tag = head->header("ETag");
  if (!size || tag.empty()) return temporary("S3's answer has no size or no tag", location.text());
  return std::unique_ptr<PackageSource>(
      std::make_unique<S3Package>(std::move(bucket), location.path, SourceIdentity{tag, *size}, location.text()));
}

}  // namespace strongroom::s3

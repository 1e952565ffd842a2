// ports/transfer_area.hpp on a bucket of S3, with or without versions (transfers.md 4, 5.1, 10.6, 12.6).
//
// Objects of a bucket that keeps versions are addressed by their version; all others by their ETag, as a condition
// where the store knows one and by looking just before where it does not. A version `null` is no version. Times are
// whole seconds, since a list and a HEAD may tell them with different precision. All calls may come from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "adapters/objects/s3/bucket.hpp"
#include "adapters/objects/s3/copying.hpp"
#include "ports/log.hpp"
#include "ports/transfer_area.hpp"

namespace strongroom::areas {

struct S3AreaOptions {
  /// Larger objects are copied in parts of this size; S3 takes 5 GiB in one request.
  std::uint64_t copy_size = std::uint64_t{1} << 30U;
};

class S3Area final : public TransferArea {
 public:
  /// `log` outlives the area.
  S3Area(std::unique_ptr<s3::Bucket> bucket, Log& log, S3AreaOptions options = {})
      : bucket_(std::move(bucket)), log_(log), options_(options) {}

  Result<std::vector<AreaObject>> list(const std::string& after, std::size_t limit) override;
  Result<std::optional<AreaObject>> stat(const std::string& key,
                                         const std::optional<std::string>& version_id = std::nullopt) override;
  Result<std::unique_ptr<RandomAccess>> open(const AreaObject& object) override;
  /// With the canned permissions `bucket-owner-full-control`; without any where the bucket keeps none.
  Result<AreaObject> put_log(const std::string& key, const std::string& text, const AreaTags& tags) override;
  /// As archivists' own uploads, with the bucket's own permissions.
  Result<AreaObject> put_package(const std::string& key, const std::string& bytes) override;
  [[nodiscard]] bool keeps_tags() const override { return true; }
  Result<AreaTags> tags(const AreaObject& object) override;
  Result<AreaObject> set_tags(const AreaObject& object, const AreaTags& tags) override;
  Result<AreaObject> copy(const AreaObject& object, const std::string& key,
                          const std::optional<AreaObject>& over) override;
  Result<void> erase(const AreaObject& object, bool marker) override;
  Result<bool> keeps_versions() override;
  Result<bool> keeps_conditions(const std::string& probe_key) override;

 private:
  struct Head;

  Result<std::optional<Head>> head(const std::string& key, const std::optional<std::string>& version_id);
  /// The object by its version, or the current one, which must be it: Reason::conflict or Reason::not_found.
  Result<AreaObject> require(const AreaObject& object);
  /// What a PUT has written.
  Result<AreaObject> written(const std::string& key, std::uint64_t size, const WebAnswer& answer);
  Result<WebAnswer> write_log(const std::string& key, const std::string& text, const AreaTags& tags, bool with_acl);
  Result<AreaTags> read_tags(const std::string& key, const std::optional<std::string>& version_id);
  Result<void> write_tags(const std::string& key, const std::optional<std::string>& version_id, const AreaTags& tags);
  /// Takes tags meant for another object off the one that has its key now.
  Result<void> take_back(const std::string& key, const AreaTags& tags);
  /// The copy, unless its source was replaced before it was made: then there is none.
  Result<AreaObject> settle_copy(const AreaObject& object, AreaObject copy);
  /// Reason::conflict tells of either end.
  Result<void> send_copy(const AreaObject& object, s3::CopyTarget target);
  Result<void> remove_current(const AreaObject& object);

  const std::unique_ptr<s3::Bucket> bucket_;
  Log& log_;
  const S3AreaOptions options_;
  std::atomic<bool> refuses_acl_ = false;
};

}  // namespace strongroom::areas

// ports/object_store.hpp on a bucket of S3 (pipeline.md 7.2, 7.3).
//
// Small objects are sent in one request that carries their SHA-256, large ones in parts of which one at a time is held
// in memory; both are create-only. All calls may come from any thread.
#pragma once

#include <memory>
#include <string>

#include "adapters/objects/remote/remote_store.hpp"
#include "adapters/objects/s3/bucket.hpp"

namespace strongroom::s3 {

/// How a store is told that an object must be new.
enum class CreateOnly : std::uint8_t {
  by_condition,  ///< `If-None-Match: *`
  by_looking,    ///< the key is looked at just before; for stores that know no condition
};

struct StoreOptions {
  std::string prefix;         ///< of every key: empty, or ending in `/`
  std::string storage_class;  ///< for new objects; empty for the bucket's own
  CreateOnly create_only = CreateOnly::by_condition;
  std::uint64_t part_size = 16U << 20U;  ///< an object with more bytes goes in parts of this size, at least 5 MiB
};

class S3Store final : public remote::RemoteStore {
 public:
  S3Store(std::unique_ptr<Bucket> bucket, StoreOptions options)
      : own_bucket_(std::move(bucket)), bucket_(*own_bucket_), options_(std::move(options)) {}

  Result<std::unique_ptr<ByteSource>> get(const std::string& key, ByteRange range) override;
  Result<std::optional<ObjectInfo>> stat(const std::string& key) override;
  Result<std::vector<ObjectInfo>> list(const std::string& prefix, const std::string& after, std::size_t limit) override;
  Result<void> put(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) override;
  /// Aborts uploads in parts.
  Result<void> clean_up(const std::string& prefix, std::uint64_t largest) override;
  Result<remote::StoredFacts> examine(const std::string& key) override;
  Result<std::optional<ServerChecksum>> checksum_of(const std::string& key) override;

 private:
  struct Head {
    std::uint64_t size = 0;
    std::string sha256;     ///< base64, as the provider tells it; empty when it tells none
    std::size_t parts = 0;  ///< whose digests it is of; 0: of the object
    [[nodiscard]] bool is_of_whole() const { return !sha256.empty() && parts == 0; }
  };

  /// Of one of its parts alone, when that is given.
  Result<WebAnswer> ask_for(const std::string& key, const cloud::QueryMembers& part = {});
  Result<std::optional<Head>> head(const std::string& key);
  /// True when the key holds exactly that; false when it holds nothing; Reason::content_differs otherwise.
  Result<bool> is_stored(const std::string& key, const ObjectSpec& spec);
  Result<void> put_whole(const std::string& key, const ObjectSpec& spec, const ContentOpener& open);
  [[nodiscard]] HttpHeaders headers_for_new() const;

  const std::unique_ptr<Bucket> own_bucket_;
  Bucket& bucket_;
  const StoreOptions options_;
};

}  // namespace strongroom::s3

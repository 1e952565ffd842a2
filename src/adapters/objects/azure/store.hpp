// ports/object_store.hpp on a container of Azure Blob Storage, as block blobs (pipeline.md 7.2, 7.3).
//
// Small objects are one request, large ones blocks of which one at a time is held in memory; every request that brings
// bytes carries their MD5, which Azure checks, and the blob's own SHA-256 is kept as its metadata `sha256`. All calls
// may come from any thread.
#pragma once

#include <memory>
#include <string>

#include "adapters/objects/azure/blob_list.hpp"
#include "adapters/objects/remote/remote_store.hpp"

namespace strongroom::azure {

struct StoreOptions {
  std::string prefix;       ///< of every key: empty, or ending in `/`
  std::string access_tier;  ///< for new blobs, as Azure spells it (`Cool`); empty for the account's own
  std::uint64_t block_size = 8U << 20U;
};

class AzureStore final : public remote::RemoteStore {
 public:
  AzureStore(std::unique_ptr<Container> container, StoreOptions options)
      : container_(std::move(container)), options_(std::move(options)) {}

  Result<std::unique_ptr<ByteSource>> get(const std::string& key, ByteRange range) override;
  Result<std::optional<ObjectInfo>> stat(const std::string& key) override;
  Result<std::vector<ObjectInfo>> list(const std::string& prefix, const std::string& after, std::size_t limit) override;
  Result<void> put(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) override;
  /// Blocks that make no blob end by themselves after a week.
  Result<void> clean_up(const std::string&, std::uint64_t) override { return {}; }
  Result<remote::StoredFacts> examine(const std::string& key) override;
  /// Azure knows MD5 alone, and computes it of small blobs only.
  Result<std::optional<ServerChecksum>> checksum_of(const std::string&) override {
    return std::optional<ServerChecksum>();
  }

 private:
  Result<bool> is_stored(const std::string& key, const ObjectSpec& spec);
  Result<void> put_whole(const std::string& key, const ObjectSpec& spec, ByteSource& content);
  Result<void> send_block(const std::string& key, const std::string& id, std::string bytes);
  Result<void> put_blocks(const std::string& key, const ObjectSpec& spec, ByteSource& content);
  [[nodiscard]] HttpHeaders headers_for_new(const ObjectSpec& spec) const;

  const std::unique_ptr<Container> container_;
  const StoreOptions options_;
  BlobList list_{*container_, options_.prefix};
};

}  // namespace strongroom::azure

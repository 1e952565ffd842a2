// One large object on its way to a bucket, in parts; nothing of it shows before the last request.
//
// Each part is sent with its own SHA-256 and held in memory until it has arrived. An upload that fails is aborted; what
// an abort does not reach is for the bucket's lifecycle rule (docs/operators.md). One thread.
#pragma once

#include <string>
#include <vector>

#include "adapters/objects/s3/bucket.hpp"
#include "adapters/objects/s3/store.hpp"

namespace strongroom::s3 {

class PartedPut {
 public:
  /// `key` is without the store's prefix.
  PartedPut(Bucket& bucket, const StoreOptions& options, const std::string& key, const ObjectSpec& spec);

  /// Reason::conflict when something came to the key meanwhile; Reason::not_found when the upload is gone.
  Result<void> carry_out(const ContentOpener& open);

 private:
  struct Part {
    std::string etag;
    std::string sha256;  ///< base64
  };
  Result<std::string> begin();
  Result<void> send_parts(const std::string& upload, ByteSource& content);
  Result<Part> send_part(const std::string& upload, std::size_t number, std::string bytes);
  Result<void> complete(const std::string& upload);

  Bucket& bucket_;
  const StoreOptions& options_;
  const std::string key_;
  const ObjectSpec& spec_;
  const std::size_t part_size_;
  std::vector<Part> parts_;
  /// The store does not tell what it computed of a part: its digests are left out of the last request.
  bool has_checksums_ = true;
};

}  // namespace strongroom::s3

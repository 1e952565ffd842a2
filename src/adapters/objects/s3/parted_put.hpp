// One large object on its way to a bucket, in parts; nothing of it shows before the last request.
//
// Parts are sent side by side, each with its own SHA-256, and held in memory until they have arrived. An upload that
// fails is aborted; what an abort does not reach is for the bucket's lifecycle rule (docs/operators.md). One thread.
#pragma once

#include <string>
#include <vector>

#include "adapters/objects/remote/send_in_parts.hpp"
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
    std::string sha256;    ///< base64
    bool is_told = false;  ///< the store says that this is what it has
  };
  Result<std::string> begin();
  Result<Part> send_part(const std::string& upload, std::size_t number, std::string bytes);
  Result<void> complete(const std::string& upload);

  Bucket& bucket_;
  const StoreOptions& options_;
  const std::string key_;
  const ObjectSpec& spec_;
  const remote::PartSizes sizes_;
  std::vector<Part> parts_;  ///< in order
};

}  // namespace strongroom::s3

// Copies of objects within a bucket, made by the provider: in one request, or in parts when there are too many bytes
// for one.
//
// What is copied is bound to the object as it was seen: Reason::conflict when it, or what stands at the target, is not
// as the request says. Any thread.
#pragma once

#include <cstdint>
#include <string>

#include "adapters/objects/s3/bucket.hpp"

namespace strongroom::s3 {

struct CopySource {
  std::string key;
  std::string version_id;  ///< empty: the current one
  std::string etag;        ///< as the provider's header has it
  std::uint64_t size = 0;
};

struct CopyTarget {
  std::string key;
  HttpHeaders headers{};     ///< of the new object
  HttpHeaders conditions{};  ///< on what stands at the key: `If-Match`, `If-None-Match`
};

/// The provider's description of the copy.
Result<cloud::XmlElement> copy_in_one(Bucket& bucket, const CopySource& source, const CopyTarget& target);
/// In parts of that size, which is at least 5 MiB and at most 5 GiB; an upload that fails is given up.
Result<void> copy_in_parts(Bucket& bucket, const CopySource& source, const CopyTarget& target, std::uint64_t part_size);

}  // namespace strongroom::s3

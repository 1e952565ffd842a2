// A bucket's list of objects, page by page, in the order of its keys (ListObjectsV2).
// Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "adapters/objects/s3/bucket.hpp"
#include "base/instant.hpp"

namespace strongroom::s3 {

struct ListedObject {
  std::string key;  ///< without the store's prefix
  std::uint64_t size = 0;
  std::string storage_class;
  std::string etag;                 ///< without quotes
  std::optional<Instant> modified;  ///< as finely as the store tells
};

/// Gives up to `limit` objects whose key begins with `prefix` and is greater than `after`, both behind `store_prefix`.
/// A list that is not in order, or leads nowhere, is Reason::corrupt (temporary).
Result<void> list_objects(Bucket& bucket, const std::string& store_prefix, const std::string& prefix,
                          const std::string& after, std::size_t limit,
                          const std::function<void(const ListedObject&)>& found);

}  // namespace strongroom::s3

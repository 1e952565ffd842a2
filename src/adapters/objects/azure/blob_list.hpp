// A container's list of blobs, in the order of its keys (List Blobs).
//
// Azure's lists cannot begin after a key, but go on from where one stopped; so where lists of late stopped is kept. All
// calls may come from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/objects/azure/container.hpp"

namespace strongroom::azure {

struct ListedBlob {
  std::string key;  ///< without the store's prefix
  std::uint64_t size = 0;
  std::string access_tier;
};

class BlobList {
 public:
  /// Both outlive the list; `store_prefix` stands before every key.
  BlobList(Container& container, const std::string& store_prefix)
      : container_(container), store_prefix_(store_prefix) {}

  /// Up to `limit` blobs whose key begins with `prefix` and is greater than `after`. A list that is not in order, or
  /// leads nowhere, is Reason::corrupt (temporary).
  Result<std::vector<ListedBlob>> next(const std::string& prefix, const std::string& after, std::size_t limit);

 private:
  struct Page {
    std::vector<ListedBlob> blobs;
    std::string next;  ///< marker of the page that follows; empty behind the last one
  };
  Result<Page> page(const std::string& prefix, const std::string& marker, std::size_t limit);
  std::string marker_behind(const std::string& prefix, const std::string& key);
  void keep_marker(const std::string& prefix, const std::string& key, const std::string& marker);

  Container& container_;
  const std::string& store_prefix_;
  std::mutex mutex_;
  std::map<std::string, std::string> markers_;
};

}  // namespace strongroom::azure

// Archivers: what moves stored objects of one location into the provider's archive tier, where bytes cannot be read
// without a restore (pipeline.md 7.3).
//
// Only for versions that are registered, and so verified; bytes and keys stay as they are. All calls may come from any
// thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace strongroom {

struct TieredObject {
  std::string key;
  bool is_archived = false;
};

class Archiver {
 public:
  virtual ~Archiver() = default;
  /// As ObjectStore::list(), with where each object is now.
  virtual Result<std::vector<TieredObject>> list(const std::string& prefix, const std::string& after,
                                                 std::size_t limit) = 0;
  /// Asks for the object to be moved; the provider may take its time, list() tells when it has been.
  virtual Result<void> archive(const std::string& key) = 0;
};

}  // namespace strongroom

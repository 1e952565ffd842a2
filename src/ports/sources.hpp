// Sources: where packages come from. Read only, but for uploads, which are create-only.
// All calls may come from any thread; what they give belongs to one thread at a time.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/random_access.hpp"
#include "domain/location.hpp"
#include "domain/waypoints.hpp"

namespace strongroom {

/// A package being read, once, from its beginning; a zip by way of its directory.
class PackageSource : public ByteSource {
 public:
  [[nodiscard]] virtual const SourceIdentity& identity() const = 0;
  /// The same bytes in any order, as zip needs them; they are covered by check_unchanged() too.
  [[nodiscard]] virtual RandomAccess& anywhere() = 0;
  /// After the end: Reason::conflict (rejected) when the package changed while it was being read (pipeline.md 3).
  virtual Result<void> check_unchanged() = 0;
};

class Sources {
 public:
  virtual ~Sources() = default;
  /// Reason::not_found: nothing there (a symbolic link on the way counts as nothing). Reason::no_container: no such
  /// bucket or area. Reason::forbidden: may not be read. These are rejected; trouble on the way is temporary.
  virtual Result<std::unique_ptr<PackageSource>> open(const SourceLocation& location) = 0;
};

/// What an upload turned out to be.
struct UploadReceipt {
  std::uint64_t size = 0;
  Digest sha256;
};

/// An upload on its way in: invisible until commit(), gone when destroyed before.
class Upload : public ByteSink {
 public:
  /// Makes it appear, durable. Reason::already_exists (rejected) when the path is taken.
  virtual Result<UploadReceipt> commit() = 0;
};

class Uploads {
 public:
  virtual ~Uploads() = default;
  /// Reason::no_container: no such area; Reason::already_exists: the path is taken. `path` obeys domain-rules.md 2.6.
  virtual Result<std::unique_ptr<Upload>> begin(const std::string& area, const std::string& path) = 0;
  /// Removes an upload, and directories above it that are empty then. What is not there is removed already. Only for
  /// uploads that came in over begin() and are spent (CORRECTNESS 5.1).
  virtual Result<void> remove(const std::string& area, const std::string& path) = 0;
};

}  // namespace strongroom

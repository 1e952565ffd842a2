// ports/archiver.hpp on a bucket of S3. An object is moved in one of two ways: a tag on which a lifecycle rule of the
// bucket moves it where it lies, or a copy of the object onto itself in another storage class. A restore gives it a
// copy that can be read for some days, beside what is archived.
//
// The copy is the one write to a key that holds something (pipeline.md 7.3): bound to the object as it was looked at,
// and compared by the digest that the provider computes of both, where it does. It needs a credential of its own. All
// calls may come from any thread.
#pragma once

#include <memory>
#include <string>

#include "adapters/objects/s3/copying.hpp"
#include "ports/archiver.hpp"

namespace strongroom::s3 {

enum class ArchiveBy : std::uint8_t {
  tag,   ///< `strongroom-tier` = `archive`
  copy,  ///< onto itself
};

/// How soon a restore is to be done, and at what price: the retrieval tiers of S3.
enum class RestoreTier : std::uint8_t { bulk, standard, expedited };

struct ArchiverOptions {
  std::string prefix;         ///< of every key, as the store's
  std::string storage_class;  ///< `GLACIER`, `DEEP_ARCHIVE`
  ArchiveBy by = ArchiveBy::tag;
  RestoreTier restore_tier = RestoreTier::standard;
  /// Larger objects are copied in parts of this size; S3 takes 5 GiB in one request.
  std::uint64_t copy_size = std::uint64_t{1} << 30U;
};

class S3Archiver final : public Archiver {
 public:
  S3Archiver(std::unique_ptr<Bucket> bucket, ArchiverOptions options)
      : bucket_(std::move(bucket)), options_(std::move(options)) {}

  Result<std::vector<TieredObject>> list(const std::string& prefix, const std::string& after,
                                         std::size_t limit) override;
  Result<void> archive(const std::string& key) override;
  Result<TierView> look(const std::string& key) override;
  Result<void> restore(const std::string& key, int days) override;
  [[nodiscard]] Duration restored_within() const override;

 private:
  Result<void> tag(const std::string& key);
  Result<void> copy(const std::string& key);
  /// `key` with the prefix; `sha256` of the object as it was, base64, when the provider has one.
  Result<void> copy_whole(const std::string& key, const CopySource& seen, const std::string& sha256);

  const std::unique_ptr<Bucket> bucket_;
  const ArchiverOptions options_;
};

}  // namespace strongroom::s3

// A package that lies at a provider: read from its beginning in one stream, or anywhere by ranges.
//
// Every request names the tag the package had at first, so that bytes of two packages are never mixed. One thread at a
// time.
#pragma once

#include <memory>
#include <string>

#include "adapters/cloud/patience.hpp"
#include "ports/sources.hpp"
#include "ports/web_client.hpp"

namespace strongroom::remote {

class RemotePackage : public PackageSource, private RandomAccess {
 public:
  RemotePackage(SourceIdentity identity, std::string shown, const cloud::Attempts& attempts)
      : identity_(std::move(identity)), shown_(std::move(shown)), attempts_(attempts) {}

  [[nodiscard]] const SourceIdentity& identity() const override { return identity_; }
  Result<std::size_t> read(ByteSpan into) override;
  [[nodiscard]] RandomAccess& anywhere() override { return *this; }
  Result<void> check_unchanged() override;

 protected:
  /// Bytes first to last, both included, of the package as it was at first: Reason::conflict when it has changed.
  virtual Result<std::unique_ptr<WebDownload>> download(std::uint64_t first, std::uint64_t last) = 0;
  virtual Result<std::string> tag_now() = 0;

 private:
  [[nodiscard]] std::uint64_t size() const override { return identity_.size; }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override;
  [[nodiscard]] Error changed() const;
  Result<void> fill_window(std::uint64_t offset);
  Result<std::unique_ptr<WebDownload>> open_range(std::uint64_t first, std::uint64_t last);

  const SourceIdentity identity_;
  const std::string shown_;
  const cloud::Attempts attempts_;
  std::unique_ptr<ByteSource> stream_;
  /// What was read last by range: a directory is read in small pieces that follow each other.
  std::string window_;
  std::uint64_t window_at_ = 0;
};

/// What an error at a provider means for whoever has named the package (pipeline.md 2.4): what is missing or may not be
/// read is theirs to mend.
[[nodiscard]] Error for_depositor(Error error, const std::string& shown);

}  // namespace strongroom::remote

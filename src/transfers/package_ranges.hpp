// PackageRanges: a package by ranged reads, as few and as small as the checks need. What its tail holds, which is read
// first, costs no further request.
//
// Each read is at most one request of the RandomAccess, for exactly the bytes wanted. Errors of it pass through
// unchanged. One thread at a time. Source: transfers.md 6.1.
#pragma once

#include <cstdint>
#include <memory>

#include "base/random_access.hpp"

namespace strongroom::transfers {

class PackageRanges {
 public:
  /// `package` outlives it.
  explicit PackageRanges(RandomAccess& package) : package_(package), size_(package.size()) {}

  /// Of the whole package.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// The last bytes, all of them when there are few; one request. Before everything else.
  Result<void> read_tail();
  [[nodiscard]] ByteView tail() const { return {tail_.get(), static_cast<std::size_t>(size_ - tail_at_)}; }
  [[nodiscard]] std::uint64_t tail_at() const { return tail_at_; }

  /// Fills `into` from `offset` on, which must lie inside the package altogether; at most one request. Temporary when
  /// the package ends before its size.
  Result<void> read(std::uint64_t offset, ByteSpan into);

 private:
  Result<void> request(std::uint64_t offset, ByteSpan into);

  RandomAccess& package_;
  const std::uint64_t size_;
  std::unique_ptr<std::byte[]> tail_;
  std::uint64_t tail_at_ = UINT64_MAX;
};

/// A stretch of a package as a source: in two requests when it is longer than two pieces of 8 MiB, so that the memory
/// for a piece grows with the stretch.
class PackageStretch final : public ByteSource {
 public:
  /// [at, at + count) lies inside the package; `ranges` outlives it.
  PackageStretch(PackageRanges& ranges, std::uint64_t at, std::uint64_t count);
  Result<std::size_t> read(ByteSpan into) override;

 private:
  PackageRanges& ranges_;
  std::uint64_t at_;
  std::uint64_t left_;  ///< behind the piece
  std::unique_ptr<std::byte[]> piece_;
  std::size_t piece_max_;
  ByteView held_;
};

}  // namespace strongroom::transfers

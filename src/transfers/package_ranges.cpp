#include "transfers/package_ranges.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/limits.hpp"

namespace strongroom::transfers {
namespace {

constexpr std::uint64_t kPieceMin = 8 * limits::kMiB;

}  // namespace

Result<void> PackageRanges::read_tail() {
  const std::uint64_t count = std::min<std::uint64_t>(size_, limits::kPackageTail);
  auto tail = std::make_unique_for_overwrite<std::byte[]>(count);
  TRY_VOID(request(size_ - count, ByteSpan(tail.get(), count)));
  tail_ = std::move(tail);
  tail_at_ = size_ - count;
  return {};
}

Result<void> PackageRanges::read(std::uint64_t offset, ByteSpan into) {
  CHECK(offset <= size_ && into.size() <= size_ - offset);
  const std::uint64_t end = offset + into.size();
  if (end > tail_at_) {
    const std::uint64_t from = std::max(offset, tail_at_);
    const ByteView held = tail().subspan(from - tail_at_, end - from);
    std::ranges::copy(held, into.end() - static_cast<std::ptrdiff_t>(held.size()));
    into = into.first(into.size() - held.size());
  }
  return into.empty() ? ok() : request(offset, into);
}

Result<void> PackageRanges::request(std::uint64_t offset, ByteSpan into) {
  TRY(const std::size_t count, package_.read_at(offset, into));
  if (count == into.size()) return {};
  return temporary("the package ended before its size", std::to_string(offset + count), Reason::truncated);
}

PackageStretch::PackageStretch(PackageRanges& ranges, std::uint64_t at, std::uint64_t count)
    : ranges_(ranges), at_(at), left_(count), piece_max_(std::max(kPieceMin, count / 2 + count % 2)) {}

Result<std::size_t> PackageStretch::read(ByteSpan into) {
  if (held_.empty() && left_ > 0) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, piece_max_));
    if (piece_ == nullptr) piece_ = std::make_unique_for_overwrite<std::byte[]>(count);
    TRY_VOID(ranges_.read(at_, ByteSpan(piece_.get(), count)));
    held_ = ByteView(piece_.get(), count);
    at_ += count;
    left_ -= count;
  }
  const std::size_t given = std::min(held_.size(), into.size());
  std::ranges::copy(held_.first(given), into.begin());
  held_ = held_.subspan(given);
  return given;
}

}  // namespace strongroom::transfers

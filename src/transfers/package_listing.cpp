#include "transfers/package_listing.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "transfers/code_page_437.hpp"

namespace strongroom::transfers {
namespace {

/// Names lie in blocks, so that nothing is moved as they grow and no name is split. The longest name of a zip has 64
/// KiB, and three times as much once code page 437 is UTF-8.
constexpr unsigned kBlockBits = 20;
constexpr std::size_t kBlockSize = std::size_t{1} << kBlockBits;
constexpr std::size_t kNameMax = std::size_t{3} * 0xFFFF;
static_assert(kNameMax < kBlockSize);
/// A gibibyte of names: 100 bytes each for the most members there may be.
constexpr std::size_t kBlocksMax = limits::kGiB / kBlockSize;
static_assert((kBlocksMax << kBlockBits) <= UINT32_MAX);

}  // namespace

PackageListing PackageListing::of(const std::vector<std::string>& names) {
  PackageListing listing;
  for (const std::string& name : names) CHECK(listing.add({.name = name}));
  listing.build_index();
  return listing;
}

bool PackageListing::add(const PackageMember& member) {
  const std::string_view name = member.name;
  if (name.size() > kNameMax || members_.size() == limits::kArchiveEntriesMax) return false;
  if (blocks_.empty() || kBlockSize - block_used_ < name.size()) {
    if (blocks_.size() == kBlocksMax) return false;
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(kBlockSize));
    block_used_ = 0;
  }
  std::ranges::copy(name, blocks_.back().get() + block_used_);
  // An empty name at the very end of a full block would be told as one of the next block, which is as good.
  const std::size_t at = ((blocks_.size() - 1) << kBlockBits) + std::min(block_used_, kBlockSize - 1);
  members_.push_back({.packed = member.packed,
                      .size = member.size,
                      .name_at = static_cast<std::uint32_t>(at),
                      .name_length = static_cast<std::uint32_t>(name.size()),
                      .method = member.method,
                      .encrypted = member.encrypted,
                      .has_utf8_reading = member.has_utf8_reading});
  block_used_ += name.size();
  return true;
}

void PackageListing::build_index() {
  by_name_.resize(members_.size());
  std::iota(by_name_.begin(), by_name_.end(), std::uint32_t{0});
  // Not stable_sort, which takes as much memory again.
  std::ranges::sort(by_name_, [this](std::uint32_t a, std::uint32_t b) {
    const auto order = name(a) <=> name(b);
    return order != 0 ? order < 0 : a < b;
  });
  rereadable_.clear();
  std::ranges::copy_if(by_name_, std::back_inserter(rereadable_),
                       [this](std::uint32_t i) { return members_[i].has_utf8_reading; });
}

std::string_view PackageListing::name(std::size_t i) const {
  const Record& record = members_[i];
  return {blocks_[record.name_at >> kBlockBits].get() + (record.name_at & (kBlockSize - 1)), record.name_length};
}

PackageMember PackageListing::member(std::size_t i) const {
  const Record& record = members_[i];
  return {.name = name(i),
          .encrypted = record.encrypted,
          .method = record.method,
          .packed = record.packed,
          .size = record.size,
          .has_utf8_reading = record.has_utf8_reading};
}

std::optional<std::string> PackageListing::utf8_reading(std::size_t i) const {
  return members_[i].has_utf8_reading ? to_code_page_437(name(i)) : std::nullopt;
}

PackageListing::Index::const_iterator PackageListing::first_from(std::string_view name) const {
  CHECK(by_name_.size() == members_.size());
  return std::ranges::lower_bound(by_name_, name, {}, [this](std::uint32_t i) { return this->name(i); });
}

/// Of several the last, whatever their number: a package of nothing but one name must not be slow.
std::optional<std::size_t> PackageListing::last_of(const Index& index, std::string_view name) const {
  CHECK(by_name_.size() == members_.size());
  const auto behind = std::ranges::upper_bound(index, name, {}, [this](std::uint32_t i) { return this->name(i); });
  if (behind == index.begin() || this->name(*std::prev(behind)) != name) return std::nullopt;
  return *std::prev(behind);
}

std::optional<std::size_t> PackageListing::find(std::string_view name) const { return last_of(by_name_, name); }

std::optional<std::size_t> PackageListing::find_utf8_reading(std::string_view name) const {
  // The bytes of `name` are those of the member's name, which is kept as code page 437 reads them.
  return last_of(rereadable_, from_code_page_437(name));
}

}  // namespace strongroom::transfers

#include "transfers/package_names.hpp"

#include <algorithm>
#include <functional>

#include "transfers/csv_text.hpp"
#include "transfers/unicode_text.hpp"

namespace strongroom::transfers {
namespace {

std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }

/// The first of equal hashes that `fits`; names that were made to have one hash are looked at up to a bound.
template <class Index, class Fits>
std::optional<std::uint32_t> first_that_fits(const Index& index, std::uint64_t hash, Fits fits) {
  constexpr std::size_t kLookedAt = 16;
  auto entry = std::lower_bound(index.begin(), index.end(), hash,
                                [](const auto& e, std::uint64_t wanted) { return e.hash < wanted; });
  for (std::size_t i = 0; i < kLookedAt && entry != index.end() && entry->hash == hash; ++i, ++entry) {
    if (fits(entry->member)) return entry->member;
  }
  return std::nullopt;
}

}  // namespace

void PackageNames::build_alike() {
  alike_.emplace();
  alike_->reserve(listing_.size());
  for (std::size_t i = 0; i < listing_.size(); ++i) {
    if (listing_.is_directory(i) || listing_.name(i).starts_with(kMetadataFolder)) continue;
    alike_->push_back({hash_of(likeness_of(listing_.name(i))), static_cast<std::uint32_t>(i)});
  }
  std::sort(alike_->begin(), alike_->end());
}

PackageNames::Found PackageNames::find(std::string_view name) {
  if (const auto member = listing_.find(name)) return listing_.is_directory(*member) ? Found::directory : Found::file;
  return listing_.find_utf8_reading(name) ? Found::file_by_reading : Found::nothing;
}

std::optional<std::string_view> PackageNames::alike(std::string_view name) {
  if (!alike_) build_alike();
  const std::string likeness = likeness_of(name);
  const auto member = first_that_fits(*alike_, hash_of(likeness), [&](std::uint32_t candidate) {
    return likeness_of(listing_.name(candidate)) == likeness;
  });
  if (!member) return std::nullopt;
  return listing_.name(*member);
}

}  // namespace strongroom::transfers

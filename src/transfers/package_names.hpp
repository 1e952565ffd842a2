// PackageNames: the look-up of paths of rights.csv among the members of a package (transfers.md 6.2, 9.2).
//
// Names are equal byte by byte. Names that are merely alike are looked for in an index built on the first miss: 16
// bytes for a member, a second for a million. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "transfers/package_listing.hpp"

namespace strongroom::transfers {

class PackageNames {
 public:
  enum class Found : std::uint8_t {
    file,             ///< a file of that name
    file_by_reading,  ///< a file whose name has that reading as UTF-8, though the zip does not say so
    directory,
    nothing,
  };

  /// `listing` outlives this and does not change.
  explicit PackageNames(const PackageListing& listing) : listing_(listing) {}

  Found find(std::string_view name);
  /// A file outside of metadata/ whose name differs in case, blanks or Unicode normal form only.
  std::optional<std::string_view> alike(std::string_view name);

 private:
  /// Members by the hash of a text, sorted.
  struct Entry {
    std::uint64_t hash = 0;
    std::uint32_t member = 0;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  using Index = std::vector<Entry>;

  void build_alike();

  const PackageListing& listing_;
  std::optional<Index> alike_;
};

}  // namespace strongroom::transfers

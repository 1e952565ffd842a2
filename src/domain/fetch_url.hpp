// URLs of fetch.txt: which stored file of a bag one means (bag-acceptance.md 7.1).
//
// Pure: looks at texts only. A URL names a file when one of the archive's own locations begins it and this very bag
// follows. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/identifiers.hpp"
#include "domain/location.hpp"

namespace strongroom {

struct FetchTarget {
  std::string path;          ///< `vK/name`, below the bag
  std::size_t location = 0;  ///< index of the location that the URL calls
};

/// The URLs of one bag in the archive's own locations, taken apart once for as many as are looked up.
class FetchUrls {
 public:
  FetchUrls(const BagId& bag, const std::vector<LocationFacts>& locations);

  /// Nothing when the URL has a query, a fragment or user information, lies in none of the locations, or is not exactly
  /// `{space}/{externalIdentifier}/v{K}/{name}` behind one's prefix, decoded once.
  [[nodiscard]] std::optional<FetchTarget> find(std::string_view url) const;

 private:
  struct Prefix {
    std::string scheme;     ///< in lower case
    std::string authority;  ///< in lower case
    std::string path;       ///< decoded, without its first slash, up to the bag and with a slash behind it
    std::size_t location = 0;
  };
  std::vector<Prefix> prefixes_;  ///< in the order of the locations, each by its own URL first
};

/// What keeps `text` from being one of a location's `aliases`; empty when it is one.
[[nodiscard]] std::string fetch_alias_fault(std::string_view text);

}  // namespace strongroom

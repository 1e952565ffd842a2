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

/// Nothing when the URL has a query, a fragment or user information, lies in none of the locations, or is not exactly
/// `{space}/{externalIdentifier}/v{K}/{name}` behind one's prefix, decoded once.
[[nodiscard]] std::optional<FetchTarget> find_fetch_target(std::string_view url, const BagId& bag,
                                                           const std::vector<LocationFacts>& locations);

/// The prefixes by which a location can be called, its own URL first.
[[nodiscard]] std::vector<std::string> fetch_prefixes(const LocationFacts& location);

/// What keeps `text` from being a prefix of `fetchAliases`; empty when it is one.
[[nodiscard]] std::string fetch_alias_fault(std::string_view text);

}  // namespace strongroom

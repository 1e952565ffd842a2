// Where a registered version lies, as documents tell it: what is configured goes before what only the description of
// the version still knows. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/description.hpp"
#include "domain/location.hpp"

namespace strongroom {

/// What a document tells of one location of a version.
struct VersionLocation {
  Provider provider = Provider::filesystem;
  std::string bucket;
  std::string path;                ///< of the bag, below the bucket
  std::string url;                 ///< of the bag; empty when the location is no longer configured
  std::optional<AccessTier> tier;  ///< absent then too
  LocationRole role = LocationRole::replica;
};

/// The locations of `uuids`: configured ones in their order, then those that only `described` still knows; the primary
/// one first. `bag_path`: `{space}/{externalIdentifier}`.
[[nodiscard]] std::vector<VersionLocation> version_locations(const std::string& bag_path,
                                                             const std::vector<std::string>& uuids,
                                                             const std::vector<LocationFacts>& configured,
                                                             const std::vector<DescribedLocation>& described);

}  // namespace strongroom

#include "domain/version_locations.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace strongroom {
namespace {

VersionLocation shown(const LocationFacts& facts, const std::string& bag_path) {
  const std::string path = facts.prefix + bag_path;
  return {facts.provider, facts.bucket, path, facts.url + "/" + percent_encode(path, "/"), facts.tier, facts.role};
}

VersionLocation shown(const DescribedLocation& stored, const std::string& bag_path) {
  return {stored.provider, stored.bucket, stored.prefix + bag_path, {}, std::nullopt, stored.role};
}

}  // namespace

std::vector<VersionLocation> version_locations(const std::string& bag_path, const std::vector<std::string>& uuids,
                                               const std::vector<LocationFacts>& configured,
                                               const std::vector<DescribedLocation>& described) {
  std::vector<std::string> left = uuids;
  const auto take = [&](const std::string& uuid) { return std::erase(left, uuid) > 0; };
  std::vector<VersionLocation> list;
  for (const LocationFacts& location : configured) {
    if (take(location.uuid)) list.push_back(shown(location, bag_path));
  }
  for (const DescribedLocation& location : described) {
    if (take(location.uuid)) list.push_back(shown(location, bag_path));
  }
  std::ranges::stable_partition(list, [](const VersionLocation& one) { return one.role == LocationRole::primary; });
  return list;
}

}  // namespace strongroom

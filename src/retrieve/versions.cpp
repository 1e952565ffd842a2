#include "retrieve/versions.hpp"

namespace strongroom::retrieve {

Result<std::optional<VersionRow>> find_version(Catalogue& catalogue, const BagId& bag, std::string_view version) {
  std::optional<Version> wanted;
  if (!version.empty()) {
    wanted = Version::parse(version);
    if (!wanted) return std::optional<VersionRow>();
  }
  TRY(std::optional<VersionRow> row, catalogue.find_registered(bag, wanted));
  if (row && !row->registration) {
    return broken("a version is called registered but has no registration", bag.str() + " " + row->version.str());
  }
  return row;
}

}  // namespace strongroom::retrieve

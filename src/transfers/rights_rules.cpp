#include "transfers/rights_rules.hpp"

#include <algorithm>

namespace strongroom::transfers {
namespace {

using Column = RightsColumn;

constexpr std::array kCopyrightRequired = {Column::status, Column::jurisdiction, Column::note, Column::grant_act,
                                           Column::grant_note};
constexpr std::array kCopyrightEmpty = {Column::terms, Column::citation};
constexpr std::array<std::string_view, 2> kCopyrightNotes = {"In copyright", "All Rights Reserved"};

constexpr std::array kLicenseRequired = {Column::note, Column::grant_act, Column::grant_note};
constexpr std::array kLicenseEmpty = {Column::status, Column::determination_date, Column::jurisdiction,
                                      Column::citation};
constexpr std::array<std::string_view, 9> kLicenseNotes = {
    "CC-0", "CC-BY", "CC-BY-NC", "CC-BY-NC-ND", "CC-BY-NC-SA", "CC-BY-SA", "OGL", "OPL", "PDM"};

constexpr std::array kStatuteRequired = {Column::citation, Column::jurisdiction};
constexpr std::array kStatuteEmpty = {Column::status, Column::terms};

constexpr std::array kFreeEmpty = {Column::status, Column::determination_date, Column::jurisdiction, Column::terms,
                                   Column::citation};

constexpr std::array<RightsBasis, 6> kBases = {{
    {"copyright", kCopyrightRequired, kCopyrightEmpty, kCopyrightNotes},
    {"donor", {}, kFreeEmpty, {}},
    {"license", kLicenseRequired, kLicenseEmpty, kLicenseNotes},
    {"other", {}, kFreeEmpty, {}},
    {"policy", {}, kFreeEmpty, {}},
    {"statute", kStatuteRequired, kStatuteEmpty, {}},
}};

constexpr std::array<std::string_view, 3> kRestrictions = {"allow", "conditional", "disallow"};

}  // namespace

std::optional<RightsColumn> find_rights_column(std::string_view heading) {
  const auto found = std::find(kRightsColumns.begin(), kRightsColumns.end(), heading);
  if (found == kRightsColumns.end()) return std::nullopt;
  return static_cast<RightsColumn>(found - kRightsColumns.begin());
}

std::span<const RightsBasis> rights_bases() { return kBases; }

const RightsBasis* find_rights_basis(std::string_view name) {
  const auto found =
      std::find_if(kBases.begin(), kBases.end(), [name](const RightsBasis& b) { return b.name == name; });
  return found == kBases.end() ? nullptr : &*found;
}

std::string rights_basis_names() {
  std::string names;
  for (const RightsBasis& basis : kBases) names.append(names.empty() ? "" : ", ").append(basis.name);
  return names;
}

std::span<const std::string_view> grant_restrictions() { return kRestrictions; }

}  // namespace strongroom::transfers

// The rules for one row of rights.csv (transfers.md 9.2, 9.3), and for each row against those before it.
//
// RightsRowChecker takes the rows in the order of the file and adds what it finds; duplicates come last, in finish().
// Its memory is 24 bytes a row. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "transfers/finding_list.hpp"
#include "transfers/package_names.hpp"
#include "transfers/rights_rules.hpp"

namespace strongroom::transfers {

/// The values of a row by column; those of columns that the file does not have are empty.
struct RightsRow {
  std::uint64_t line = 0;
  std::array<std::string, kRightsColumns.size()> values;

  [[nodiscard]] const std::string& operator[](RightsColumn column) const {
    return values[static_cast<std::size_t>(column)];
  }
  [[nodiscard]] std::string& operator[](RightsColumn column) { return values[static_cast<std::size_t>(column)]; }
};

class RightsRowChecker {
 public:
  /// All outlive the checker. `known_grant_notes`: when there are any, other grant notes get a warning.
  RightsRowChecker(const PackageListing& listing, const std::vector<std::string>& known_grant_notes,
                   FindingList& findings)
      : names_(listing), known_grant_notes_(known_grant_notes), findings_(findings) {}

  /// A row with as many values as there are headings.
  void check(const RightsRow& row);
  /// After the last row: RIGHTS-DUPLICATE.
  void finish();

 private:
  /// What two rows must not have in common; 96 bits of a digest are never equal by chance.
  struct Key {
    std::uint64_t high = 0;
    std::uint32_t low = 0;
    std::uint32_t line = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  void add(std::string_view code, RightsColumn column, std::string description);
  void check_blank();
  void check_file();
  void missing_file(std::string_view file, std::string_view name, PackageNames::Found found);
  const RightsBasis* check_basis();
  void check_for(const RightsBasis& basis);
  void check_note(const RightsBasis& basis);
  void check_document();
  void check_grant();
  void check_dates();
  void check_date(RightsColumn column, bool may_be_open);
  void check_order(RightsColumn start, RightsColumn end);
  void remember();

  PackageNames names_;
  const std::vector<std::string>& known_grant_notes_;
  FindingList& findings_;
  const RightsRow* row_ = nullptr;
  bool act_is_required_ = false;
  Hasher hasher_{Algorithm::sha256};
  std::deque<Key> keys_;
};

}  // namespace strongroom::transfers

// The vocabularies of rights.csv (transfers.md 9): its columns, and what each basis asks of a row.
//
// Tables only, no state; any thread. The rules that use them are in rights_row.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace strongroom::transfers {

enum class RightsColumn : std::uint8_t {
  file,
  basis,
  status,
  determination_date,
  start_date,
  end_date,
  jurisdiction,
  terms,
  citation,
  note,
  grant_act,
  grant_restriction,
  grant_start_date,
  grant_end_date,
  grant_note,
  doc_id_type,
  doc_id_value,
  doc_id_role,
};

inline constexpr std::array<std::string_view, 18> kRightsColumns = {"file",
                                                                    "basis",
                                                                    "status",
                                                                    "determination_date",
                                                                    "start_date",
                                                                    "end_date",
                                                                    "jurisdiction",
                                                                    "terms",
                                                                    "citation",
                                                                    "note",
                                                                    "grant_act",
                                                                    "grant_restriction",
                                                                    "grant_start_date",
                                                                    "grant_end_date",
                                                                    "grant_note",
                                                                    "doc_id_type",
                                                                    "doc_id_value",
                                                                    "doc_id_role"};

[[nodiscard]] constexpr std::string_view name_of(RightsColumn column) {
  return kRightsColumns[static_cast<std::size_t>(column)];
}
/// The column of exactly that heading.
[[nodiscard]] std::optional<RightsColumn> find_rights_column(std::string_view heading);

/// What one basis asks of its row. Columns of grants and documents go with every basis.
struct RightsBasis {
  std::string_view name;
  std::span<const RightsColumn> required;
  std::span<const RightsColumn> empty;      ///< must be empty
  std::span<const std::string_view> notes;  ///< the only notes there are; none: free text
};

/// In alphabetical order.
[[nodiscard]] std::span<const RightsBasis> rights_bases();
/// The basis of that name, which is trimmed and in lower case already.
[[nodiscard]] const RightsBasis* find_rights_basis(std::string_view name);
/// Their names, for a sentence.
[[nodiscard]] std::string rights_basis_names();

/// `allow`, `conditional`, `disallow`
[[nodiscard]] std::span<const std::string_view> grant_restrictions();

}  // namespace strongroom::transfers

// Which keys are packages and what their prefix says of them (transfers.md 3.6, 10.1).
//
// Prefixes are compared exactly, case included. Plain values and pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transfers/finding.hpp"

namespace strongroom::transfers {

/// What a package is identified by.
enum class Flavour : std::uint8_t {
  catalogued,  ///< `dc.identifier`
  accession,   ///< `accession_number`
};

/// `catalogued` or `accession`.
[[nodiscard]] std::string_view name_of(Flavour flavour);
/// The flavour of such a name.
[[nodiscard]] std::optional<Flavour> parse_flavour(std::string_view name);

/// One row of the configured prefixes.
struct Prefix {
  std::string prefix;  ///< ends in a slash
  Flavour flavour = Flavour::catalogued;
  std::string processing_configuration;  ///< as configured, perhaps with `-`
  std::string expected_space;

  friend bool operator==(const Prefix&, const Prefix&) = default;
};

/// `born-digital/` and `born-digital-accessions/`.
[[nodiscard]] std::vector<Prefix> default_prefixes();

/// True when the last four characters are `.zip` in any letter case: everything else is neither read nor answered.
[[nodiscard]] bool is_package_key(std::string_view key);

/// The longest prefix that `key` begins with.
[[nodiscard]] const Prefix* find_prefix(const std::vector<Prefix>& prefixes, std::string_view key);

/// KEY-PREFIX for a key that no prefix fits, with a hint when one differs in case only.
[[nodiscard]] Finding key_prefix_finding(const std::vector<Prefix>& prefixes, std::string_view key);

/// KEY-NESTED: Archivematica would take `location_path` out of the key and fetch another object.
[[nodiscard]] Finding key_nested_finding(std::string_view key, std::string_view location_path);

/// KEY-CASE: the extension is not in small letters, and `twin_key` (when it is not empty) belongs to another object.
[[nodiscard]] Finding key_case_finding(std::string_view key, std::string_view twin_key);

/// The same key with its last four characters in lower case (transfers.md 10.6).
[[nodiscard]] std::string twin_key(std::string_view key);

/// The name of the processing configuration as Archivematica knows it: with `_` for each `-`.
[[nodiscard]] std::string processing_configuration_of(const Prefix& prefix);

/// The space in which the bag is expected: `testing` for the identifiers of test packages.
[[nodiscard]] std::string expected_space(const Prefix& prefix, std::string_view identifier);

}  // namespace strongroom::transfers

// bag-info.txt: a bag's metadata (bag-acceptance.md 2.3; rules B2 to B8).
//
// Metadata is a plain value in bounded memory: the file has at most 16 MiB. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bagit/findings.hpp"
#include "bagit/rulebook.hpp"
#include "base/bytes.hpp"
#include "domain/identifiers.hpp"

namespace strongroom::bagit {

inline constexpr std::string_view kBagInfoFile = "bag-info.txt";
inline constexpr std::string_view kPackageInfoFile = "package-info.txt";
/// Begins every text of the rules B.
inline constexpr std::string_view kBagInfoPrefix = "Error loading bag-info.txt: ";

/// What Payload-Oxum says; each up to 2^63-1.
struct Oxum {
  std::uint64_t octets = 0;
  std::uint64_t files = 0;
};

struct Metadata {
  /// Every label and value in order, repeats kept. Labels as written, values with continuations joined by LF.
  std::vector<std::pair<std::string, std::string>> fields;

  /// The first value of a label, compared without regard to ASCII case; null when absent.
  [[nodiscard]] const std::string* find(std::string_view label) const;
};

/// Metadata with the values the archive needs, as far as they were there and legal.
struct CheckedMetadata {
  Metadata metadata;
  std::optional<ExternalIdentifier> external_identifier;
  std::optional<Oxum> oxum;
  std::string bagging_date;
};

/// Reads the file named `file` (B2, B3). Nothing when it is not UTF-8 or too large; with malformed lines, the others.
/// `encoding` is told where a line is not in it; `source` gives UTF-8 already.
Result<std::optional<Metadata>> read_metadata(ByteSource& source, const std::string& file, Findings& findings,
                                              std::string_view encoding = "UTF-8");

/// The rules about single fields (B4 to B8); by BagIt's own only those about Payload-Oxum, where there is one.
Result<CheckedMetadata> check_metadata(Metadata metadata, const std::string& file, Findings& findings,
                                       Rulebook rulebook = Rulebook::archive);

}  // namespace strongroom::bagit

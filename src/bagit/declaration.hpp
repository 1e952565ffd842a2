// bagit.txt: which version's rules a bag follows (bag-acceptance.md 2.2, 5; rules A2 to A7).
//
// Pure functions and plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bagit/encoding.hpp"
#include "bagit/findings.hpp"
#include "bagit/rulebook.hpp"

namespace strongroom::bagit {

inline constexpr std::string_view kDeclarationFile = "bagit.txt";

/// The rules of one BagIt version, where they differ (bag-acceptance.md 5).
struct VersionRules {
  bool package_info = false;    ///< `package-info.txt` is read when there is no `bag-info.txt` (0.93 to 0.95)
  bool loose_blanks = false;    ///< blanks around the colon and at the line end of `bagit.txt` (before 1.0)
  bool percent_decoded = true;  ///< `%25` in manifest paths (1.0)
  bool every_manifest = true;   ///< each payload manifest lists every payload file (1.0)
  bool repeats_refused = true;  ///< the same path and digest twice in a manifest (1.0)
};

struct Declaration {
  std::string version;                ///< `M.N` as written
  std::string encoding;               ///< as written
  std::optional<Encoding> tag_files;  ///< nothing when it is not supported
  VersionRules rules;
};

/// Reads the bytes of bagit.txt. Nothing when a rule from A2 to A5 failed; A6 and A7 leave it readable, version 2.0
/// and above being taken by the rules of 1.0. The archive takes UTF-8 only (A6), BagIt every encoding there is. `bytes`
/// need not be more than the first 1,001 bytes of the file.
Result<std::optional<Declaration>> read_declaration(std::string_view bytes, Rulebook rulebook, Findings& findings);

}  // namespace strongroom::bagit

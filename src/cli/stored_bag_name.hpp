// A version of a stored bag as people name it: `SPACE/IDENTIFIER`, `SPACE/IDENTIFIER@vN`, or with the version apart.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"

namespace strongroom::cli {

struct StoredBagName {
  std::string bag;                     ///< `SPACE/IDENTIFIER`
  std::string path;                    ///< `/bags/{space}/{identifier}`, percent-encoded
  std::optional<std::string> version;  ///< `vN`; nothing: the latest

  /// The path of a resource below the bag, in that version: `suffix` is empty or begins with a slash.
  [[nodiscard]] std::string resource(const std::string& suffix) const;
};

/// `apart` is the value of `--version`; with it an `@vN` in the name belongs to the identifier. Rejected, with what is
/// wrong, when it can be no bag or no version.
[[nodiscard]] Result<StoredBagName> parse_stored_bag(const std::string& name, const std::optional<std::string>& apart);

}  // namespace strongroom::cli

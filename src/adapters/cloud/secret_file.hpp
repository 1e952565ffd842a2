// Files that hold keys and tokens.
// Any thread.
#pragma once

#include <optional>
#include <string>

namespace strongroom::cloud {

/// The file's text without line ends and blanks at its end; nothing when it cannot be read.
[[nodiscard]] std::optional<std::string> read_secret(const std::string& path);

}  // namespace strongroom::cloud

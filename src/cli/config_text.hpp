// The effective configuration as text: every setting with its value, as it would stand in a file.
//
// Pure; any thread. Secrets are named, never shown.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/config.hpp"

namespace strongroom::cli {

/// `24h`, `90s`, `500ms`: the largest unit that is exact.
[[nodiscard]] std::string duration_text(Duration duration);
/// `1GiB`, `64KiB`, or a plain number of bytes.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

/// Keys and their values in TOML's spelling, in the order of the documentation, without locations and areas.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> settings_of(const Config& config);

/// All of it as a configuration file.
[[nodiscard]] std::string config_toml(const Config& config);

}  // namespace strongroom::cli

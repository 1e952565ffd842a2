// The part of a configuration that names sinks: topics that the outgoing events are published to.
//
// Private to the configuration; one thread.
#pragma once

#include <filesystem>

#include "cli/config.hpp"
#include "cli/toml_section.hpp"

namespace strongroom::cli {

/// Reads `[[sinks]]` of `root`. Relative paths are taken from `directory`.
void read_sinks(TomlSection& root, const std::filesystem::path& directory, Config& config);

}  // namespace strongroom::cli

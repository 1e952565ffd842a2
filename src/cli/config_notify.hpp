// The part of a configuration that says who is told of new born-digital bags, and which companions the service runs.
//
// Private to the configuration; one thread.
#pragma once

#include <filesystem>

#include "cli/config.hpp"
#include "cli/toml_section.hpp"

namespace strongroom::cli {

/// Reads `services` and `[notify]` of `root`. Relative paths are taken from `directory`.
void read_notify(TomlSection& root, const std::filesystem::path& directory, Config& config);

}  // namespace strongroom::cli

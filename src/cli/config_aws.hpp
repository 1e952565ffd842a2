// The part of a configuration that names what lies at AWS beside storage: topics that the outgoing events are published
// to, the table that versions are indexed in, and the bucket that gives long answers.
//
// Private to the configuration; one thread.
#pragma once

#include <filesystem>

#include "cli/config.hpp"
#include "cli/toml_section.hpp"

namespace strongroom::cli {

/// Reads `[[sinks]]`, `[versionIndex]` and `[largeResponses]` of `root`. Relative paths are taken from `directory`.
void read_aws_services(TomlSection& root, const std::filesystem::path& directory, Config& config);

}  // namespace strongroom::cli

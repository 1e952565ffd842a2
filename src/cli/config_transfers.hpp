// The part of a configuration about packages for Archivematica: areas, prefixes, Archivematica, feedback, the monitor
// (transfers.md 1.2).
//
// Private to the configuration; one thread.
#pragma once

#include <filesystem>

#include "cli/config.hpp"
#include "cli/toml_section.hpp"

namespace strongroom::cli {

/// Reads everything of `root` that is about transfers. Relative paths are taken from `directory`.
void read_transfers(TomlSection& root, const std::filesystem::path& directory, Config& config);

/// Adds the area `local` below the data directory, unless the file names some.
void add_embedded_transfer_area(Config& config);

}  // namespace strongroom::cli

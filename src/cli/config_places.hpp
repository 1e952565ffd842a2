// The part of a configuration that names places: locations, upload areas, sources.
//
// Private to the configuration; one thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/config.hpp"
#include "cli/toml_section.hpp"

namespace strongroom::cli {

/// Reads `[[locations]]`, `[[uploads]]` and `[[sources]]` of `root`. Relative paths are taken from `directory`.
void read_places(TomlSection& root, const std::filesystem::path& directory, Config& config);

/// Adds the locations and the upload area of an embedded service below its data directory, unless the file names some.
void add_embedded_places(Config& config);

/// `path`, taken from `from` when it is relative, tidied, without a slash at its end.
[[nodiscard]] std::string absolute_path(const std::string& path, const std::filesystem::path& from);

/// A value that is to be a path; false when it cannot be one.
[[nodiscard]] bool path_from(const std::string& text, const std::filesystem::path& directory, std::string& into);

/// How something at a provider is reached: `endpoint`, `credentialsFile`, `caFile`.
void read_reach(TomlSection& section, const std::filesystem::path& directory, CloudSetting& cloud);

/// The rest of how a bucket of S3 is reached: `region`, `addressing`, `profile`; `cloud.endpoint` is known already.
void read_s3_reach(TomlSection& section, const std::string& bucket, CloudSetting& cloud);

/// The key prefix `prefix`: empty, or path components that each end in a slash.
void read_prefix(TomlSection& section, std::string& prefix);

/// Notes each of the keys that is not there.
void require_keys(TomlSection& section, const std::vector<std::string>& keys);

}  // namespace strongroom::cli

// BagIt profiles from local files. What is wrong with one is told in full: the operator mends it in one go.
//
// Blocking; any thread.
#pragma once

#include <string>

#include "cli/config.hpp"
#include "ingest/verify.hpp"

namespace strongroom::cli {

/// Broken when the file cannot be read or is no BagIt profile.
[[nodiscard]] Result<bagit::Profile> load_profile(const std::string& path);

/// All that the configuration names.
[[nodiscard]] Result<ingest::SpaceProfiles> load_profiles(const Config& config);

}  // namespace strongroom::cli

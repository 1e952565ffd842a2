#include "cli/profiles.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.hpp"

namespace strongroom::cli {

Result<bagit::Profile> load_profile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  if (stream) text << stream.rdbuf();
  if (!stream || std::filesystem::is_directory(path)) return broken("the BagIt profile cannot be read", path);
  auto profile = bagit::parse_profile(text.str());
  if (const auto* faults = std::get_if<bagit::ProfileFaults>(&profile)) {
    return broken("this is no BagIt profile: " + join(*faults, "; "), path);
  }
  return std::get<bagit::Profile>(std::move(profile));
}

Result<ingest::SpaceProfiles> load_profiles(const Config& config) {
  ingest::SpaceProfiles profiles;
  for (const ProfileSetting& setting : config.profiles) {
    TRY(profiles[setting.space], load_profile(setting.path));
  }
  return profiles;
}

}  // namespace strongroom::cli

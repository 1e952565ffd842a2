// The secrets that the configuration of the companions names (transfers.md 16.2), for those that look after them.
//
// Pure but for reading them. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/cloud/environment.hpp"
#include "adapters/cloud/secret.hpp"
#include "cli/config.hpp"

namespace strongroom::cli {

struct NamedSecret {
  std::string name;  ///< of the setting: `archivematica.dashboard.apiKey`
  cloud::SecretPlace place;
};

/// All that are configured; files of credentials of areas among them.
[[nodiscard]] std::vector<NamedSecret> secrets_of(const Config& config);
/// As it is now. Errors name the setting only.
[[nodiscard]] Result<std::string> secret_value(const NamedSecret& secret, const cloud::Environment& environment);
/// Everybody on the machine may read or change that file; false for none.
[[nodiscard]] bool is_open_to_others(const std::string& file);
/// An http or https URL with a host.
[[nodiscard]] bool is_web_address(std::string_view text);

/// The configuration names a file or a variable for it.
[[nodiscard]] inline bool is_given(const cloud::SecretPlace& place) {
  return !place.file.empty() || !place.variable.empty();
}

}  // namespace strongroom::cli

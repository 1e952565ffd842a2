// `strongroom check config`: whether the service could start with a configuration, without starting it.
//
// Looks, and changes nothing: no directory is made, no catalogue opened for writing, no marker written.
#pragma once

#include <string>
#include <vector>

#include "cli/command_tree.hpp"
#include "cli/config.hpp"

namespace strongroom::cli {

/// One thing that was looked at.
struct ConfigCheck {
  enum class Outcome : std::uint8_t { good, note, problem };
  Outcome outcome;
  std::string what;
};

/// Directories, locations and their markers, areas.
[[nodiscard]] std::vector<ConfigCheck> check_places(const Config& config);

[[nodiscard]] Command check_group();

}  // namespace strongroom::cli

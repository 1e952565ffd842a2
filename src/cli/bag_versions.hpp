// `strongroom bag versions`: the stored versions of a bag, newest first.
// Speaks to a running service by its public API only.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command bag_versions_command();

}  // namespace strongroom::cli

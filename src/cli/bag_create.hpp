// `strongroom bag create`: a bag from a directory, in place or as a package.
// Pure wiring.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command bag_create_command();

}  // namespace strongroom::cli

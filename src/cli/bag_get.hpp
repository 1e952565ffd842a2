// `strongroom bag get`: a stored bag onto this machine, as a directory or as a package.
// Memory does not grow with the bag.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command bag_get_command();

}  // namespace strongroom::cli

// `strongroom rebuild`: the catalogue again, from what one location holds.
//
// Works on a data directory without a running service; what it does is in care/rebuild.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command rebuild_command();

}  // namespace strongroom::cli

// `strongroom bag restore`: has a version made readable where a location keeps it in an archive tier.
// Speaks to a running service by its public API only.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command bag_restore_command();

}  // namespace strongroom::cli

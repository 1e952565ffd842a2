// `strongroom transfers`: packages that archivists hand over for Archivematica.
// A group of commands; one thread.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

/// All commands about transfer packages.
[[nodiscard]] Command transfers_group();

}  // namespace strongroom::cli

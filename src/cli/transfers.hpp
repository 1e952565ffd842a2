// `strongroom transfers list|show|log|retry|dismiss`: packages on their way through Archivematica, seen and steered
// from the catalogue of a data directory or through a running service (transfers.md 1.1).
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

/// All commands about transfers.
[[nodiscard]] Command transfers_group();

}  // namespace strongroom::cli

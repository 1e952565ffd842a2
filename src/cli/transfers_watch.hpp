// `strongroom transfers watch`: packages noticed, checked, handed to Archivematica and followed until they are stored,
// beside a running service (transfers.md 1.1).
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command transfers_watch_command();

}  // namespace strongroom::cli

// `strongroom transfers monitor`: a report on packages at each slot of a schedule, or now, and the removal of what is
// safely stored (transfers.md 12). It works on the catalogue of a data directory, whether or not a service runs.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command transfers_monitor_command();

}  // namespace strongroom::cli

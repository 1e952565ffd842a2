// `strongroom transfers check`: whether everything is there that packages need on their way (transfers.md 15).
// Works beside a running service or without one; one thread.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command transfers_check_command();

}  // namespace strongroom::cli

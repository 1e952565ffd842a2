// `strongroom ingests` and `strongroom retry`: what the service has been asked for, how it goes on, and once more.
//
// Speaks to the service by its public API only.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command ingests_command();
[[nodiscard]] Command retry_command();

}  // namespace strongroom::cli

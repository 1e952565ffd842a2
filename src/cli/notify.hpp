// `strongroom notify`: who builds on born-digital bags is told of new ones, and what could not be told.
// Commands that work on the catalogue of a data directory, whether or not a service runs.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command notify_group();

}  // namespace strongroom::cli

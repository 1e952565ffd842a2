// `strongroom transfers examine`: transfer packages checked on the archivist's own machine, before they are uploaded.
//
// The same checks, findings and texts as after the upload (transfers.md 6 to 9); nothing is asked of any service.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command transfers_examine_command();

}  // namespace strongroom::cli

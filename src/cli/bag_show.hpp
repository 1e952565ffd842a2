// `strongroom bag show`: the description of a stored bag version.
//
// A description may list millions of files: it is read as it arrives, and files are printed or counted, never kept.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command bag_command();

}  // namespace strongroom::cli

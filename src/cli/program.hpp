// The one table of commands: what `strongroom` can do.
//
// A new command is a function that returns a Command, and a line in program.cpp.
#pragma once

#include <memory>

#include "cli/command_tree.hpp"

namespace strongroom::cli {

/// The whole tree. `colours` is set by --color.
[[nodiscard]] Command make_program(const std::shared_ptr<Colours>& colours);

}  // namespace strongroom::cli

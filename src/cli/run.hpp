// The porch: reads the command line, calls the subcommand, gives back the exit code.
//
// Called once, from main's thread, before any other thread is started.
#pragma once

#include <string>
#include <vector>

#include "adapters/host/console.hpp"

namespace strongroom::cli {

/// `arguments` without the program's name. The exit code of the process.
int run(const std::vector<std::string>& arguments, host::Console& console);

}  // namespace strongroom::cli

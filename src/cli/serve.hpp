// `strongroom serve`: checks the configuration, plugs everything together, and serves until it is asked to stop.
//
// Called from main's thread before any other one is started, because of the signals.
#pragma once

#include "cli/command_tree.hpp"
#include "cli/config.hpp"

namespace strongroom::cli {

struct ServeOptions {
  ConfigArguments arguments;
};

/// One line on standard output once it listens; success after SIGTERM or SIGINT.
Exit serve(const ServeOptions& options, const Surroundings& surroundings);

[[nodiscard]] Command serve_command();

}  // namespace strongroom::cli

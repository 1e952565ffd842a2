// `strongroom login` and `strongroom logout`: keep a client's credentials for the commands that call the service.
//
// What is kept has been tried: the service gave a token for it.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command login_command();
[[nodiscard]] Command logout_command();

}  // namespace strongroom::cli

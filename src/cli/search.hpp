// `strongroom search`: stored bags by the words of their bag-info and by their files.
// Commands towards a running service.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command search_command();

}  // namespace strongroom::cli

// `strongroom reindex`: has the service tell once more of every stored version, or of some.
// Speaks to a running service by its public API only.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command reindex_command();

}  // namespace strongroom::cli

// `strongroom index …`: the search server outside, as its operator sees it (search-index.md).
// Works on the catalogue of a data directory, beside a running service or without one.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command index_group();

}  // namespace strongroom::cli

// `strongroom location init`: makes a directory a storage location, by the marker that proves it is itself.
//
// Done once in a location's life, by an operator (CORRECTNESS 1.9).
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command location_init_command();

}  // namespace strongroom::cli

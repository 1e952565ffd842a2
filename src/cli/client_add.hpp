// `strongroom client add`: registers a client of the API and shows its secret, once.
//
// Works on the catalogue of a data directory, whether or not a service runs beside it.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command client_add_command();

}  // namespace strongroom::cli

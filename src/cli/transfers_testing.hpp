// `strongroom transfers start-test`: a package made here, put into a transfer area, and followed on its way
// (transfers.md 13).
//
// It works on the catalogue of the data directory and on the area itself, beside a running service.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command transfers_start_test_command();

}  // namespace strongroom::cli

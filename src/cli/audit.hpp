// `strongroom audit export|verify`: the audit log out of the catalogue, and whether its chain is whole.
//
// Reads only. An exported file can be verified anywhere, without the catalogue.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command audit_group();

}  // namespace strongroom::cli

// `strongroom client list|show|grant|revoke|disable|enable|rotate|revoke-tokens`: clients of the API after they were
// registered.
//
// Each change is one transaction with its record in the audit log; a change that meets another is made again on what
// the other left.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

/// All commands about clients, `add` among them.
[[nodiscard]] Command client_group();

}  // namespace strongroom::cli

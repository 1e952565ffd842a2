// `strongroom bag validate`: bags on this machine against BagIt or against the archive's rules, without a service.
//
// Memory does not grow with the number of files, and nothing is unpacked to disk but names, digests and tag files.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command bag_validate_command();

/// Whether a bag on this machine is complete and valid by BagIt; what is wrong goes to standard error.
[[nodiscard]] Result<bool> is_valid_bag(const std::string& path, const Surroundings& surroundings);

}  // namespace strongroom::cli

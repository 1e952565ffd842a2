// Completion scripts for bash, zsh and fish, made from the command tree; and `strongroom completion`, which prints
// them.
//
// The script functions are pure: the same tree gives the same script. Nothing is asked of the service on the way.
#pragma once

#include <functional>
#include <string>

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] std::string bash_completion(const Command& program);
[[nodiscard]] std::string zsh_completion(const Command& program);
[[nodiscard]] std::string fish_completion(const Command& program);

/// `strongroom completion`. The tree it describes is asked for when it runs.
[[nodiscard]] Command completion_command(std::function<Command()> make_program);

}  // namespace strongroom::cli

// The text of `--help`, made from the command tree.
//
// Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "cli/command_tree.hpp"

namespace strongroom::cli {

/// `text` in lines of at most `width` characters, each after `indent` blanks but the first. Words are not divided.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

/// `strongroom ingest [options] BAG`
[[nodiscard]] std::string usage_line(const Route& route);

/// Everything about one command: usage, description, parameters, examples, exit codes, environment, files.
[[nodiscard]] std::string help_text(const Command& program, const Route& route, std::size_t width);

}  // namespace strongroom::cli

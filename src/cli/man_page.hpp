// Man pages in roff, made from the command tree; and `strongroom man`, which writes them.
//
// man_page() is pure. Pages use the macros of man(7) alone, so that every man program shows them.
#pragma once

#include <string>
#include <string_view>

#include "cli/command_tree.hpp"

namespace strongroom::cli {

/// `strongroom.1`, `strongroom-client-add.1`
[[nodiscard]] std::string man_file_name(const Route& route);

/// `version` is the program's and stands at the foot of the page.
[[nodiscard]] std::string man_page(const Command& program, const Route& route, std::string_view version);

/// Text with everything escaped that roff would read otherwise.
[[nodiscard]] std::string roff_text(std::string_view text);

/// `strongroom man`. The tree it describes is asked for when it runs.
[[nodiscard]] Command man_command(std::function<Command()> make_program);

}  // namespace strongroom::cli

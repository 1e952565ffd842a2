// The rules of form, each a pure function of one file (DESIGN 4): size, openings, banned calls, leftovers, links.
//
// They look at text, not at a syntax tree: simple enough to be trusted, and tested on made-up files. One thread.
#pragma once

#include "law/source_tree.hpp"

namespace strongroom::law {

inline constexpr std::size_t kFileLinesMax = 600;
inline constexpr std::size_t kFunctionLinesMax = 70;

[[nodiscard]] Offences check_file_length(const SourceFile& file);
/// From the first line of a function's head to its closing brace; what lies inside another function counts there.
[[nodiscard]] Offences check_function_lengths(const SourceFile& file);
/// A header opens with a comment of 2 to 8 lines (1 to 8 outside of src/), directly followed by `#pragma once`; a test
/// with a comment.
[[nodiscard]] Offences check_opening(const SourceFile& file);
/// Calls that belong into one place of src/, or nowhere.
[[nodiscard]] Offences check_banned_calls(const SourceFile& file);
/// Marks of unfinished work, tabs, spaces at line ends, paths of somebody's machine.
[[nodiscard]] Offences check_leftovers(const SourceFile& file);
/// Relative links of a Markdown page lead to files of `root`, and their anchors to headings.
[[nodiscard]] Offences check_links(const SourceFile& file, const std::filesystem::path& root);

}  // namespace strongroom::law

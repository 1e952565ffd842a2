// The project's own files as the law tests see them, and the offences they find.
//
// Files are read whole; paths are relative to the root of the sources, with forward slashes. Rules are functions from
// a file to its offences, so that each of them is tested on made-up files too. One thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace strongroom::law {

struct Offence {
  std::string file;
  std::size_t line = 0;
  std::string what;
  friend bool operator==(const Offence&, const Offence&) = default;
  friend void PrintTo(const Offence& offence, std::ostream* out) {
    *out << offence.file << ':' << offence.line << ": " << offence.what;
  }
};
using Offences = std::vector<Offence>;

struct SourceFile {
  std::string path;
  std::string text;

  [[nodiscard]] bool is_header() const { return path.ends_with(".hpp"); }
  [[nodiscard]] bool is_cpp() const { return path.ends_with(".cpp") || is_header(); }
  [[nodiscard]] bool is_under(std::string_view folder) const { return path.starts_with(std::string(folder) + "/"); }
};

/// Lines without their ends; the first line has index 0.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

/// Every text file of the project below `root` that people write: not what is built, fetched or under version control.
[[nodiscard]] std::vector<SourceFile> read_project(const std::filesystem::path& root);

/// C++ with comments blanked out; string and character literals too unless they are kept. Lines stay where they are.
enum class Literals : bool { blank, keep };
[[nodiscard]] std::string code_of(std::string_view text, Literals literals = Literals::blank);

/// One offence a line, for a failing test's message.
[[nodiscard]] std::string report(const Offences& offences);

}  // namespace strongroom::law

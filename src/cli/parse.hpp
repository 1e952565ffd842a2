// The words of a command line, sorted into the command they mean and its parameters.
//
// Called once, from main's thread. Values go where the tree's parameters store them.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/command_tree.hpp"

namespace strongroom::cli {

enum class Wish : std::uint8_t { run, help, version };

struct Parsed {
  Wish wish = Wish::run;
  Route route;
};

/// What is wrong with the words, for people: ends with where to read more.
struct UsageFault {
  std::string text;
};

/// `words` without the program's name. `program` must outlive the answer.
[[nodiscard]] std::variant<Parsed, UsageFault> parse_words(const Command& program,
                                                           const std::vector<std::string>& words);

}  // namespace strongroom::cli

// What the program's command line is made of: commands with their parameters, words, examples and exit codes.
//
// A plain tree, built once at start. The parser, `--help`, the completions and the man pages are all made from it, so
// they cannot disagree. A parameter stores into an options value that the command's `run` shares. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.hpp"

namespace strongroom::cli {

/// What a shell offers for a value.
enum class Completes : std::uint8_t { nothing, file, directory };

/// An option (`--space SPACE`), a flag (`--json`), or an argument without a name (`BAG`).
struct Parameter {
  std::string name;   ///< with its dashes; of an argument the same as `value`
  std::string value;  ///< what stands for the value in texts; empty for a flag
  std::string help;   ///< lower case, without a full stop at its end
  /// Stores one value; what is wrong with it, or nothing. A flag gets an empty one.
  std::function<std::string(const std::string&)> take;
  std::string heading = "Options";
  bool is_required = false;
  bool is_repeated = false;
  bool is_value_optional = false;  ///< `--wait` or `--wait=DURATION`; without a value it gets an empty one
  std::vector<std::string> choices{};
  Completes completes = Completes::nothing;
  std::vector<std::string> excluded{};

  [[nodiscard]] bool is_flag() const { return value.empty(); }
  [[nodiscard]] bool is_argument() const { return !name.starts_with('-'); }
  /// The word behind it is its value.
  [[nodiscard]] bool takes_word() const { return !is_flag() && !is_value_optional; }
  /// `--space SPACE`, `--json`, `--wait[=DURATION]`, `BAG`
  [[nodiscard]] std::string usage() const;

  Parameter& require();
  Parameter& value_optional();
  Parameter& one_of(std::vector<std::string> values);
  Parameter& completed_by(Completes what);
  Parameter& excludes(std::vector<std::string> names);
  Parameter& below(std::string text);
};

struct Example {
  std::string what;     ///< what it does, on one line
  std::string command;  ///< as typed
};

/// A command to run, or a group of such.
struct Command {
  Command(std::string its_name, std::string its_summary) : name(std::move(its_name)), summary(std::move(its_summary)) {}

  std::string name;
  std::string summary;      ///< one line, imperative, without a full stop
  std::string description;  ///< paragraphs, an empty line between them
  std::vector<Example> examples;
  std::vector<std::pair<Exit, std::string>> exits;  ///< where the program's general meaning says too little
  std::vector<Parameter> parameters;
  std::vector<Command> commands;  ///< of a group
  std::function<Exit(const Surroundings&)> run;
  bool calls_service = false;  ///< needs credentials: its environment and files are described

  Parameter& flag(std::string option, bool& into, std::string help);
  Parameter& option(std::string option, std::string value, std::string& into, std::string help);
  Parameter& option(std::string option, std::string value, std::optional<std::string>& into, std::string help);
  Parameter& option(std::string option, std::string value, std::uint64_t& into, std::string help);
  /// May be given again.
  Parameter& option(std::string option, std::string value, std::vector<std::string>& into, std::string help);
  Parameter& argument(std::string value, std::string& into, std::string help);
  Parameter& argument(std::string value, std::optional<std::string>& into, std::string help);
  /// One or more.
  Parameter& argument(std::string value, std::vector<std::string>& into, std::string help);

 private:
  Parameter& add(Parameter parameter);
};

/// The meaning of every exit code of a command, in order.
[[nodiscard]] std::vector<std::pair<Exit, std::string>> exits_of(const Command& command);

/// A command with the names that lead to it: {`client`, `add`}; none for the program itself.
struct Route {
  std::vector<std::string> words;
  const Command* command = nullptr;

  /// `strongroom client add`
  [[nodiscard]] std::string text() const;
};
/// The program and every command below it, parents before their children, in the order of the table.
[[nodiscard]] std::vector<Route> all_routes(const Command& program);

/// An environment variable or a file that commands look at, and what it is for.
struct Outside {
  std::string name;
  std::string help;
};
[[nodiscard]] std::vector<Outside> environment_of(const Command& command);
[[nodiscard]] std::vector<Outside> files_of(const Command& command);

}  // namespace strongroom::cli

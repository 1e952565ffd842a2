#include "cli/completion.hpp"

#include <algorithm>

#include <memory>

#include "base/text.hpp"

namespace strongroom::cli {
namespace {

/// `/client/add`; empty for the program.
std::string path_of(const Route& route) {
  std::string path;
  for (const std::string& word : route.words) path += "/" + word;
  return path;
}

/// A shell word in single quotes; `escape` stands for a single quote in it.
std::string quoted(std::string_view text, std::string_view escape) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += escape;
    } else {
      out += c;
    }
  }
  return out + "'";
}
std::string bash_quoted(std::string_view text) { return quoted(text, R"('\'')"); }
std::string fish_quoted(std::string_view text) { return quoted(text, R"(\')"); }

std::vector<const Parameter*> options_of(const Command& program, const Command& command) {
  std::vector<const Parameter*> options;
  for (const Parameter& parameter : command.parameters) {
    if (!parameter.is_argument()) options.push_back(&parameter);
  }
  if (&program == &command) return options;
  for (const Parameter& parameter : program.parameters) options.push_back(&parameter);
  return options;
}

/// The paths of all commands but the program, for a shell's `case`.
std::string paths(const Command& program, std::string_view separator) {
  std::string all;
  for (const Route& route : all_routes(program)) {
    if (!route.words.empty()) all += (all.empty() ? "" : std::string(separator)) + path_of(route);
  }
  return all;
}

std::string bash_values(const Parameter& parameter) {
  if (!parameter.choices.empty()) return "_strongroom_words " + bash_quoted(join(parameter.choices, " "));
  if (parameter.completes == Completes::file) return "_strongroom_files -f";
  if (parameter.completes == Completes::directory) return "_strongroom_files -d";
  return ":";
}

constexpr const char* kBashStart = R"(# Completion of strongroom for bash, written by `strongroom completion bash`.

_strongroom_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_strongroom_files() {
  mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
  compopt -o filenames 2>/dev/null
}

_strongroom() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev= path= i
  COMPREPLY=()
  ((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD - 1]}
  # `--color=never` is three words for bash.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]] && ((COMP_CWORD > 1)); then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case $path/${COMP_WORDS[i]} in
      )";

constexpr const char* kZshEnd = R"(
if [ "$funcstack[1]" = _strongroom ]; then
  _strongroom "$@"
fi
)";

/// Text inside `[...]` or after a colon of a zsh specification.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_value(const Parameter& parameter) {
  std::string action = " ";
  if (!parameter.choices.empty()) action = "(" + join(parameter.choices, " ") + ")";
  if (parameter.completes == Completes::file) action = "_files";
  if (parameter.completes == Completes::directory) action = "_files -/";
  return ":" + zsh_text(parameter.value) + ":" + action;
}

std::string zsh_function(const Route& route) {
  std::string name = "_strongroom";
  for (const std::string& word : route.words) name += "_" + word;
  std::ranges::replace(name, '-', '_');
  return name;
}

std::string zsh_specifications(const Command& program, const Command& command) {
  std::string out;
  const auto add = [&](const std::string& specification) { out += " \\\n    " + quoted(specification, R"('\'')"); };
  for (const Parameter* option : options_of(program, command)) {
    const std::string text = "[" + zsh_text(option->help) + "]";
    add((option->is_repeated ? "*" : "") + option->name + text + (option->takes_word() ? zsh_value(*option) : ""));
  }
  add("(- *)--help[show what the command does]");
  if (&program == &command) add("(- *)--version[show the version]");
  for (const Parameter& parameter : command.parameters) {
    if (parameter.is_argument()) add(std::string(parameter.is_required ? "" : ":") + zsh_value(parameter));
  }
  return out;
}

std::string zsh_group(const Command& program, const Route& route) {
  std::string out = zsh_function(route) + "() {\n  local context state state_descr line\n  typeset -A opt_args\n";
  out += "  _arguments -C" + zsh_specifications(program, *route.command) +
         " \\\n    '1:command:->command' \\\n    '*::argument:->argument'\n  case $state in\n    command)\n"
         "      local -a commands=(\n";
  for (const Command& child : route.command->commands) {
    out += "        " + quoted(zsh_text(child.name) + ":" + child.summary, R"('\'')") + "\n";
  }
  out += "      )\n      _describe command commands\n      ;;\n    argument)\n      case $line[1] in\n";
  for (const Command& child : route.command->commands) {
    Route below = route;
    below.words.push_back(child.name);
    out += "        " + child.name + ") " + zsh_function(below) + " ;;\n";
  }
  return out + "      esac\n      ;;\n  esac\n}\n";
}

struct CompletionOptions {
  std::string shell;
};

constexpr const char* kDescription =
    "Prints a script that completes commands, options and file names of strongroom when the tab key is pressed.";

}  // namespace

std::string bash_completion(const Command& program) {
  std::string out = kBashStart + paths(program, " | ") + ") path=$path/${COMP_WORDS[i]} ;;\n    esac\n  done\n";
  out += "  case $path:$prev in\n";
  for (const Route& route : all_routes(program)) {
    for (const Parameter* option : options_of(program, *route.command)) {
      if (!option->takes_word()) continue;
      out += "    " + path_of(route) + ":" + option->name + ") " + bash_values(*option) + "; return ;;\n";
    }
  }
  out += "  esac\n  case $path in\n";
  for (const Route& route : all_routes(program)) {
    std::string options = "--help";
    if (route.words.empty()) options += " --version";
    for (const Parameter* option : options_of(program, *route.command)) options += " " + option->name;
    std::string rest;
    for (const Command& child : route.command->commands) rest += (rest.empty() ? "" : " ") + child.name;
    std::string otherwise = rest.empty() ? ":" : "_strongroom_words " + bash_quoted(rest);
    for (const Parameter& parameter : route.command->parameters) {
      if (parameter.is_argument()) otherwise = bash_values(parameter);
    }
    out += "    " + bash_quoted(path_of(route)) + ")\n      if [[ $cur == -* ]]; then _strongroom_words " +
           bash_quoted(options) + "; else " + otherwise + "; fi\n      ;;\n";
  }
  return out + "  esac\n}\n\ncomplete -F _strongroom strongroom\n";
}

std::string zsh_completion(const Command& program) {
  std::string out =
      "#compdef strongroom\ncompdef _strongroom strongroom\n"
      "# Completion of strongroom for zsh, written by `strongroom completion zsh`.\n";
  for (const Route& route : all_routes(program)) {
    out += "\n";
    if (!route.command->commands.empty()) {
      out += zsh_group(program, route);
    } else {
      out += zsh_function(route) + "() {\n  _arguments" + zsh_specifications(program, *route.command) + "\n}\n";
    }
  }
  return out + kZshEnd;
}

std::string fish_completion(const Command& program) {
  std::string out =
      "# Completion of strongroom for fish, written by `strongroom completion fish`.\n\n"
      "function __strongroom_at\n  set -l words (commandline -opc)\n  set -e words[1]\n  set -l path ''\n"
      "  for word in $words\n    switch \"$path/$word\"\n      case " +
      paths(program, " ") +
      "\n        set path \"$path/$word\"\n    end\n  end\n  test \"$path\" = \"$argv[1]\"\nend\n\n"
      "complete -c strongroom -f\n";
  for (const Route& route : all_routes(program)) {
    const std::string start = "complete -c strongroom -n " + fish_quoted("__strongroom_at \"" + path_of(route) + "\"");
    for (const Command& child : route.command->commands) {
      out += start + " -a " + child.name + " -d " + fish_quoted(child.summary) + "\n";
    }
    for (const Parameter* option : options_of(program, *route.command)) {
      out += start + " -l " + option->name.substr(2) + " -d " + fish_quoted(option->help);
      if (!option->choices.empty()) {
        out += " -x -a " + fish_quoted(join(option->choices, " "));
      } else if (option->completes != Completes::nothing) {
        out += " -r -F";
      } else if (option->takes_word()) {
        out += " -x";
      }
      out += "\n";
    }
    out += start + " -l help -s h -d 'show what the command does'\n";
    for (const Parameter& parameter : route.command->parameters) {
      if (!parameter.is_argument()) continue;
      if (!parameter.choices.empty()) out += start + " -a " + fish_quoted(join(parameter.choices, " ")) + "\n";
      if (parameter.completes != Completes::nothing) out += start + " -F\n";
    }
  }
  return out;
}

Command completion_command(std::function<Command()> make_program) {
  const auto options = std::make_shared<CompletionOptions>();
  Command command("completion", "print a completion script for a shell");
  command.description = kDescription;
  command.examples = {
      {"bash, for this shell", "source <(strongroom completion bash)"},
      {"bash, for good", "strongroom completion bash >~/.local/share/bash-completion/completions/strongroom"},
      {"zsh, with ~/.zfunc in fpath", "strongroom completion zsh >~/.zfunc/_strongroom"},
      {"fish, for good", "strongroom completion fish >~/.config/fish/completions/strongroom.fish"}};
  command.argument("SHELL", options->shell, "the shell").one_of({"bash", "zsh", "fish"});
  command.run = [options, make_program = std::move(make_program)](const Surroundings& surroundings) {
    const Command program = make_program();
    if (options->shell == "bash") surroundings.console.out(bash_completion(program));
    if (options->shell == "zsh") surroundings.console.out(zsh_completion(program));
    if (options->shell == "fish") surroundings.console.out(fish_completion(program));
    return Exit::success;
  };
  return command;
}

}  // namespace strongroom::cli

#include "cli/parse.hpp"

#include <CLI/CLI.hpp>

#include "base/text.hpp"
#include "cli/config_values.hpp"

namespace strongroom::cli {
namespace {

void store(const Parameter& parameter, const std::string& text) {
  const std::string name = parameter.is_argument() ? parameter.value : parameter.name;
  const bool known = parameter.choices.empty() || std::ranges::find(parameter.choices, text) != parameter.choices.end();
  std::string fault = known ? parameter.take(text) : "must be one of: " + join(parameter.choices, ", ");
  if (!known) {
    const std::string guess = nearest(text, parameter.choices);
    if (!guess.empty()) fault += "; did you mean " + guess + "?";
  }
  if (!fault.empty()) throw CLI::ValidationError(name + " " + one_line(text), fault);
}

CLI::Option* add_parameter(CLI::App& app, const Parameter& parameter) {
  if (parameter.is_flag()) {
    return app.add_flag_callback(parameter.name, [&parameter] { (void)parameter.take(""); });
  }
  if (!parameter.is_repeated) {
    CLI::Option* option = app.add_option_function<std::string>(
        parameter.name, [&parameter](const std::string& text) { store(parameter, text); });
    if (parameter.is_value_optional) option->expected(0, 1);
    return option->required(parameter.is_required);
  }
  const auto take = [&parameter](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) store(parameter, text);
  };
  CLI::Option* option = app.add_option_function<std::vector<std::string>>(parameter.name, take);
  return option->required(parameter.is_required)->allow_extra_args(parameter.is_argument());
}

void add_command(CLI::App& app, const Command& command) {
  std::map<std::string, CLI::Option*> options;
  for (const Parameter& parameter : command.parameters) options[parameter.name] = add_parameter(app, parameter);
  for (const Parameter& parameter : command.parameters) {
    for (const std::string& other : parameter.excluded) options.at(parameter.name)->excludes(options.at(other));
  }
  if (!command.commands.empty()) app.require_subcommand(1);
  for (const Command& child : command.commands) {
    CLI::App* below = app.add_subcommand(child.name, child.summary);
    below->fallthrough();
    add_command(*below, child);
  }
}

/// The command the words have led to, as far as they were understood.
Route route_of(const CLI::App& app, const Command& program) {
  Route route{{}, &program};
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    const auto named = [&](const Command& command) { return command.name == at->get_name(); };
    const auto found = std::ranges::find_if(route.command->commands, named);
    if (found == route.command->commands.end()) break;
    route.words.push_back(found->name);
    route.command = &*found;
  }
  return route;
}

/// Words nobody expected: probably mistyped.
std::string unexpected(const std::vector<std::string>& extras, const Route& route, const Command& program) {
  const std::string& word = extras.front();
  const bool option = word.starts_with('-');
  std::vector<std::string> known;
  if (option) {
    for (const Parameter& parameter : route.command->parameters) known.push_back(parameter.name);
    for (const Parameter& parameter : program.parameters) known.push_back(parameter.name);
    known.emplace_back("--help");
  } else {
    for (const Command& command : route.command->commands) known.push_back(command.name);
  }
  std::string text = route.text() + " has no " +
                     (option          ? "option "
                      : known.empty() ? "argument "
                                      : "command ") +
                     one_line(word);
  const std::string guess = nearest(word.substr(0, word.find('=')), known);
  if (!guess.empty()) text += "; did you mean " + guess + "?";
  return text;
}

UsageFault fault_of(const CLI::App& app, const Command& program, const CLI::ParseError& error) {
  const Route route = route_of(app, program);
  std::string text = error.what();
  const std::vector<std::string> extras = app.remaining(true);
  if (!extras.empty()) {
    text = unexpected(extras, route, program);
  } else if (!route.command->commands.empty()) {
    std::vector<std::string> names;
    for (const Command& command : route.command->commands) names.push_back(command.name);
    text = route.text() + " needs a command: " + join(names, ", ");
  }
  return {text + " (`" + route.text() + " --help` tells more)"};
}

}  // namespace

std::variant<Parsed, UsageFault> parse_words(const Command& program, const std::vector<std::string>& words) {
  CLI::App app(program.summary, program.name);
  app.set_help_flag("-h,--help");
  app.set_version_flag("--version", "");
  add_command(app, program);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    return Parsed{Wish::run, route_of(app, program)};
  } catch (const CLI::CallForHelp&) {
    return Parsed{Wish::help, route_of(app, program)};
  } catch (const CLI::CallForVersion&) {
    return Parsed{Wish::version, route_of(app, program)};
  } catch (const CLI::ParseError& error) {
    return fault_of(app, program, error);
  }
}

}  // namespace strongroom::cli

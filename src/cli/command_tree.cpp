#include "cli/command_tree.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace strongroom::cli {
namespace {

void gather(const Command& command, const std::vector<std::string>& words, std::vector<Route>& routes) {
  routes.push_back({words, &command});
  for (const Command& child : command.commands) {
    std::vector<std::string> below = words;
    below.push_back(child.name);
    gather(child, below, routes);
  }
}

}  // namespace

std::string Parameter::usage() const {
  if (is_argument() || is_flag()) return name;
  if (is_value_optional) return name + "[=" + value + "]";
  return name + " " + value;
}

Parameter& Parameter::require() {
  is_required = true;
  return *this;
}

Parameter& Parameter::value_optional() {
  is_value_optional = true;
  return *this;
}

Parameter& Parameter::one_of(std::vector<std::string> values) {
  choices = std::move(values);
  return *this;
}

Parameter& Parameter::completed_by(Completes what) {
  completes = what;
  return *this;
}

Parameter& Parameter::excludes(std::vector<std::string> names) {
  excluded = std::move(names);
  return *this;
}

Parameter& Parameter::below(std::string text) {
  heading = std::move(text);
  return *this;
}

Parameter& Command::add(Parameter parameter) {
  parameters.push_back(std::move(parameter));
  return parameters.back();
}

Parameter& Command::flag(std::string option, bool& into, std::string help) {
  Parameter made{std::move(option), "", std::move(help), {}};
  made.take = [&into](const std::string&) {
    into = true;
    return std::string();
  };
  return add(std::move(made));
}

Parameter& Command::option(std::string option, std::string value, std::string& into, std::string help) {
  Parameter made{std::move(option), std::move(value), std::move(help), {}};
  made.take = [&into](const std::string& text) {
    into = text;
    return std::string();
  };
  return add(std::move(made));
}

Parameter& Command::option(std::string option, std::string value, std::optional<std::string>& into, std::string help) {
  Parameter made{std::move(option), std::move(value), std::move(help), {}};
  made.take = [&into](const std::string& text) {
    into = text;
    return std::string();
  };
  return add(std::move(made));
}

Parameter& Command::option(std::string option, std::string value, std::uint64_t& into, std::string help) {
  Parameter made{std::move(option), std::move(value), std::move(help), {}};
  made.take = [&into](const std::string& text) {
    const std::optional<std::uint64_t> number = parse_number(text);
    if (!number || *number == 0) return std::string("must be a whole number from 1");
    into = *number;
    return std::string();
  };
  return add(std::move(made));
}

Parameter& Command::option(std::string option, std::string value, std::vector<std::string>& into, std::string help) {
  Parameter made{std::move(option), std::move(value), std::move(help), {}};
  made.is_repeated = true;
  made.take = [&into](const std::string& text) {
    into.push_back(text);
    return std::string();
  };
  return add(std::move(made));
}

Parameter& Command::argument(std::string value, std::string& into, std::string help) {
  return option(value, value, into, std::move(help)).require().below("Arguments");
}

Parameter& Command::argument(std::string value, std::optional<std::string>& into, std::string help) {
  return option(value, value, into, std::move(help)).below("Arguments");
}

Parameter& Command::argument(std::string value, std::vector<std::string>& into, std::string help) {
  return option(value, value, into, std::move(help)).require().below("Arguments");
}

std::vector<std::pair<Exit, std::string>> exits_of(const Command& command) {
  std::vector<std::pair<Exit, std::string>> exits = command.exits;
  const auto unless_told = [&](Exit code, const char* meaning) {
    const auto same = [&](const auto& exit) { return exit.first == code; };
    if (std::ranges::none_of(exits, same)) exits.emplace_back(code, meaning);
  };
  unless_told(Exit::success, "success");
  unless_told(Exit::usage, "wrong arguments, a configuration that cannot be, or trouble with a local file");
  if (command.calls_service) unless_told(Exit::unavailable, "the service did not answer, or refused");
  std::ranges::sort(exits, {}, [](const auto& exit) { return exit.first; });
  return exits;
}

std::string Route::text() const {
  std::string all = "strongroom";
  for (const std::string& word : words) all += " " + word;
  return all;
}

std::vector<Route> all_routes(const Command& program) {
  std::vector<Route> routes;
  gather(program, {}, routes);
  return routes;
}

std::vector<Outside> environment_of(const Command& command) {
  std::vector<Outside> all;
  if (command.calls_service) {
    all.push_back({"STRONGROOM_URL", "base URL of the API, when --url is not given"});
    all.push_back({"STRONGROOM_CLIENT_ID", "id of the client, when --client-id is not given"});
    all.push_back({"STRONGROOM_CLIENT_SECRET", "its secret, when neither --client-secret nor --secret-file is given"});
    all.push_back({"STRONGROOM_CA_FILE", "PEM file of authorities to trust beside the system's"});
    all.push_back({"XDG_CONFIG_HOME", "directory of the login file instead of ~/.config"});
  }
  all.push_back({"NO_COLOR", "when it is set to anything, output has no colours unless --color always is given"});
  return all;
}

std::vector<Outside> files_of(const Command& command) {
  if (!command.calls_service) return {};
  return {{"~/.config/strongroom/credentials.json",
           "what `strongroom login` keeps: URL, client id and secret; used when neither options nor environment give "
           "them, and refused when others may read it"}};
}

}  // namespace strongroom::cli

#include "cli/config_options.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace strongroom::cli {

void add_data_options(Command& command, ConfigArguments& arguments) {
  command.option("--data", "DIR", arguments.data, "data directory of the service").completed_by(Completes::directory);
  command.option("--config", "FILE", arguments.file, "configuration file (TOML) of the service")
      .completed_by(Completes::file);
}

void add_config_options(Command& command, ConfigArguments& arguments) {
  command.option("--data", "DIR", arguments.data, "data directory; made when it is not there; goes before the file's")
      .completed_by(Completes::directory);
  command.option("--listen", "ADDRESS:PORT", arguments.listen,
                 "where to listen; else as in the file, or 127.0.0.1:8080");
  command.option("--config", "FILE", arguments.file, "configuration file (TOML)").completed_by(Completes::file);
}

std::optional<Config> config_or_complain(const ConfigArguments& arguments, host::Console& console) {
  std::variant<Config, ConfigProblems> loaded = load_config(arguments);
  if (auto* config = std::get_if<Config>(&loaded)) return std::move(*config);
  for (const ConfigProblem& problem : std::get<ConfigProblems>(loaded)) complain(console, Exit::usage, problem.text());
  return std::nullopt;
}

const LocationSetting* find_location(const Config& config, const std::string& name) {
  const auto found = std::ranges::find_if(
      config.locations, [&](const LocationSetting& location) { return location.facts.name.str() == name; });
  return found == config.locations.end() ? nullptr : &*found;
}

std::string no_such_location(const Config& config, const std::string& option, const std::string& name) {
  std::vector<std::string> names;
  for (const LocationSetting& location : config.locations) names.push_back(location.facts.name.str());
  return option + " " + one_line(name) + ": there is no such location; there are: " + join(names, ", ");
}

}  // namespace strongroom::cli

// The options by which commands find the service's configuration.
//
// The same words for everything that works beside the service's data.
#pragma once

#include "cli/command_tree.hpp"
#include "cli/config.hpp"

namespace strongroom::cli {

/// Adds --data, --config and --listen.
void add_config_options(Command& command, ConfigArguments& arguments);
/// Adds --data and --config, one of which is needed to find the catalogue.
void add_data_options(Command& command, ConfigArguments& arguments);

/// The checked configuration; every problem has been complained of when there is none.
[[nodiscard]] std::optional<Config> config_or_complain(const ConfigArguments& arguments, host::Console& console);

/// The location of that name; null when there is none.
[[nodiscard]] const LocationSetting* find_location(const Config& config, const std::string& name);
/// `--from attic: there is no such location; there are: …`
[[nodiscard]] std::string no_such_location(const Config& config, const std::string& option, const std::string& name);

}  // namespace strongroom::cli

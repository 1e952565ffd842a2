#include "cli/location_init.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "adapters/objects/filesystem/root.hpp"
#include "adapters/objects/remote/identity.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/config_options.hpp"
#include "cli/providers.hpp"

namespace strongroom::cli {
namespace {

struct LocationInitOptions {
  std::optional<std::string> path;
  std::optional<std::string> location;  ///< of the configuration, instead of the path
  ConfigArguments arguments;
  std::string label;
  std::string prefix;  ///< empty, or ending in a slash
  bool json = false;
};

/// What is made a location, and where.
struct Wanted {
  std::string place;  ///< as people know it: a directory, or a URL
  std::string prefix;
  std::string label;
  std::function<Result<std::string>()> init;  ///< gives the uuid
};

Wanted wanted_directory(const std::string& path, const std::string& prefix, const std::string& label,
                        Entropy& entropy) {
  return {path, prefix, label, [=, &entropy]() -> Result<std::string> {
            std::error_code trouble;
            std::filesystem::create_directories(path + "/" + prefix, trouble);
            if (trouble) return rejected("the directory cannot be made: " + trouble.message(), path);
            return filesystem::init_location(path, prefix, label, entropy);
          }};
}

std::optional<Wanted> wanted_location(const LocationInitOptions& options, const Surroundings& surroundings) {
  const std::optional<Config> config = config_or_complain(options.arguments, surroundings.console);
  if (!config) return std::nullopt;
  const LocationSetting* setting = find_location(*config, *options.location);
  if (setting == nullptr) {
    complain(surroundings.console, Exit::usage, no_such_location(*config, "--location", *options.location));
    return std::nullopt;
  }
  const LocationFacts& facts = setting->facts;
  if (setting->is_directory()) {
    return wanted_directory(setting->path, facts.prefix, facts.label, surroundings.entropy);
  }
  const auto init = [setting = *setting, &surroundings] {
    Providers providers(surroundings.clock, surroundings.entropy, surroundings.environment());
    return remote::init_location(*providers.store(setting), setting.facts.label, surroundings.entropy);
  };
  return Wanted{facts.url, facts.prefix, facts.label, init};
}

std::optional<Wanted> wanted_by(const LocationInitOptions& options, const Surroundings& surroundings) {
  const auto refuse = [&](std::string_view why) {
    complain(surroundings.console, Exit::usage, why);
    return std::nullopt;
  };
  if (options.path.has_value() == options.location.has_value()) {
    return refuse("give either PATH and --label, or --location and --config");
  }
  if (options.location) return wanted_location(options, surroundings);
  if (options.label.empty() || !is_utf8(options.label) || has_control_characters(options.label)) {
    return refuse("--label must be a text on one line");
  }
  if (!options.prefix.empty() && options.prefix.back() != '/') return refuse("--prefix must end in a slash");
  return wanted_directory(*options.path, options.prefix, options.label, surroundings.entropy);
}

Exit location_init(const LocationInitOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const std::optional<Wanted> wanted = wanted_by(options, surroundings);
  if (!wanted) return Exit::usage;
  const Result<std::string> uuid = wanted->init();
  if (!uuid) {
    return complain(console, uuid.error().act == Act::temporary ? Exit::unavailable : Exit::usage, uuid.error());
  }
  if (options.json) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().member("uuid", *uuid).member("label", wanted->label).member("path", wanted->place);
    json.member("prefix", wanted->prefix).end_object();
    console.out(text + "\n");
    return Exit::success;
  }
  console.out("location " + wanted->label + " at " + wanted->place + ": " + uuid.value() + "\n");
  return Exit::success;
}

}  // namespace

Command location_init_command() {
  const auto options = std::make_shared<LocationInitOptions>();
  Command command("init", "make a directory, a bucket or a container a storage location");
  command.description =
      "Writes the marker that proves a location to be itself, so that an unmounted disk is never taken for an empty "
      "location. Done once for each [[locations]] of a configuration, before it is served for the first time. A "
      "directory is made when it is not there; a bucket or container must be there. What is a location already is "
      "refused.";
  command.examples = {
      {"Prepare a disk", "strongroom location init /mnt/vault --label \"the vault\""},
      {"Prepare a bucket", "strongroom location init --location primary --config /etc/strongroom.toml"}};
  command.argument("PATH", options->path, "directory").completed_by(Completes::directory);
  command.option("--label", "LABEL", options->label, "its name in events and reports");
  command.option("--location", "LOCATION", options->location, "name of a location of the configuration instead");
  add_data_options(command, options->arguments);
  command.option("--prefix", "PREFIX", options->prefix, "key prefix inside the directory, ending in a slash");
  command.flag("--json", options->json, "print JSON");
  command.run = [options](const Surroundings& surroundings) { return location_init(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

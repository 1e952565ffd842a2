#include "cli/check.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/objects/filesystem/root.hpp"
#include "adapters/web/server/tls_context.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/check_store.hpp"
#include "cli/config_options.hpp"
#include "cli/config_text.hpp"
#include "cli/paint.hpp"
#include "cli/profiles.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;
using Outcome = ConfigCheck::Outcome;

/// What a path is to whoever asks.
enum class Standing : std::uint8_t { absent, no_directory, unreadable, read_only, writable };

Standing standing_of(const std::string& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) != 0) {
    return errno == ENOENT || errno == ENOTDIR ? Standing::absent : Standing::unreadable;
  }
  if (!S_ISDIR(info.st_mode)) return Standing::no_directory;
  if (access(path.c_str(), R_OK | X_OK) != 0) return Standing::unreadable;
  return access(path.c_str(), W_OK) == 0 ? Standing::writable : Standing::read_only;
}

/// Whether the directory could be made: by what is there of its path.
bool can_be_made(const std::string& path) {
  fs::path above = fs::path(path).parent_path();
  while (standing_of(above.string()) == Standing::absent && above.has_relative_path()) above = above.parent_path();
  return standing_of(above.string()) == Standing::writable;
}

class Checker {
 public:
  explicit Checker(const Config& config) : config_(config) {}

  std::vector<ConfigCheck> run() {
    directory("data directory", config_.data, true, true);
    catalogue();
    for (const LocationSetting& setting : config_.locations) location(setting);
    shared_devices();
    large_responses();
    tls();
    profiles();
    for (const AreaSetting& area : config_.areas) {
      const bool made = area.path.starts_with(config_.data + "/");
      directory((area.writable ? "upload area " : "source ") + area.name.str(), area.path, area.writable, made);
    }
    return std::move(checks_);
  }

 private:
  void add(Outcome outcome, std::string what) { checks_.push_back({outcome, std::move(what)}); }

  /// True when it is there and fit for use.
  /// Says nothing of one that is, unless `is_all`.
  bool directory(const std::string& name, const std::string& path, bool is_written, bool is_made, bool is_all = true) {
    const std::string subject = name + " " + one_line(path);
    switch (standing_of(path)) {
      case Standing::absent:
        if (!is_made) {
          add(Outcome::problem, subject + ": is not there");
        } else if (can_be_made(path)) {
          add(Outcome::note, subject + ": will be made at the first start");
        } else {
          add(Outcome::problem, subject + ": is not there and cannot be made");
        }
        return false;
      case Standing::no_directory:
        add(Outcome::problem, subject + ": is not a directory");
        return false;
      case Standing::unreadable:
        add(Outcome::problem, subject + ": cannot be read by this user");
        return false;
      case Standing::read_only:
        if (is_written) {
          add(Outcome::problem, subject + ": cannot be written by this user");
          return false;
        }
        [[fallthrough]];
      case Standing::writable:
        if (is_all) add(Outcome::good, subject);
        return true;
    }
    return false;
  }

  void catalogue() {
    const std::string file = config_.catalogue_file();
    std::error_code trouble;
    has_catalogue_ = fs::exists(file, trouble);
    if (!has_catalogue_) {
      add(Outcome::note, "catalogue " + one_line(file) + ": will be made at the first start");
      return;
    }
    const Result<std::optional<std::string>> known = sqlite::peek_fact(file, "context.url");
    if (!known) {
      has_catalogue_ = false;
      add(Outcome::problem, "catalogue " + one_line(file) + ": " + known.error().what);
      return;
    }
    add(Outcome::good, "catalogue " + one_line(file));
    if (*known && **known != config_.public_base_url + "/context.json") {
      add(Outcome::note, "publicBaseUrl: stored descriptions go on naming " + **known + ", fixed at the first start");
    }
  }

  void location(const LocationSetting& setting) {
    const std::string name = setting.facts.name.str();
    if (!setting.is_directory()) {
      add(Outcome::note, "location " + name + " " + one_line(setting.facts.url) +
                             ": lies at a provider; `strongroom check store --location " + name + "` looks there");
      return;
    }
    if (!directory("location " + name, setting.path, true, config_.embedded_locations, false)) return;
    const std::string prefix = setting.facts.prefix.empty() ? "" : "/" + setting.facts.prefix;
    const std::string subject = "location " + name + " " + one_line(setting.path + prefix);
    std::optional<std::string> known;
    if (has_catalogue_) {
      Result<std::optional<std::string>> fact =
          sqlite::peek_fact(config_.catalogue_file(), "location." + name + ".uuid");
      if (fact) known = std::move(*fact);
    }
    const Result<filesystem::Marker> marker = filesystem::read_marker(setting.path, setting.facts.prefix);
    if (!marker && marker.error().reason != Reason::not_found) {
      add(Outcome::problem, subject + ": " + marker.error().what);
    } else if (!marker && known) {
      add(Outcome::problem, subject + ": has no marker, but the catalogue knows this location: is the disk mounted?");
    } else if (!marker && config_.embedded_locations) {
      add(Outcome::note, subject + ": becomes a location at the first start");
    } else if (!marker) {
      add(Outcome::problem, subject + ": is no location yet: `strongroom location init " + setting.path +
                                " --label \"" + setting.facts.label + "\"` makes it one");
    } else if (known && *known != marker->uuid) {
      add(Outcome::problem, subject + ": is another location (" + marker->uuid +
                                ") than the one that the catalogue knows (" + *known + "): is the right disk mounted?");
    } else {
      add(Outcome::good, subject + " is itself: " + marker->uuid + (known ? "" : ", not used yet"));
    }
  }

  void large_responses() {
    if (!config_.large_responses) return;
    const LargeResponsesSetting& setting = *config_.large_responses;
    add(Outcome::note, "long answers " + one_line(setting.cloud.url_of(Provider::amazon_s3, setting.bucket)) +
                           ": lie at a provider; `strongroom check store` looks there");
  }

  void tls() {
    if (config_.tls_certificate.empty()) return;
    const auto loaded = web::TlsContext::load({config_.tls_certificate, config_.tls_key});
    if (!loaded) {
      add(Outcome::problem, loaded.error().text());
    } else if ((*loaded)->out_of_date()) {
      add(Outcome::problem, "tls.certificate " + one_line(config_.tls_certificate) +
                                ": clients will refuse it, it ends " + (*loaded)->valid_until());
    } else {
      add(Outcome::good,
          "tls.certificate " + one_line(config_.tls_certificate) + ", valid until " + (*loaded)->valid_until());
    }
  }

  void profiles() {
    for (const ProfileSetting& setting : config_.profiles) {
      const std::string subject = "BagIt profile of space " + setting.space + " " + one_line(setting.path);
      const auto profile = load_profile(setting.path);
      if (!profile) {
        add(Outcome::problem, subject + ": " + profile.error().what);
      } else {
        add(Outcome::good, subject + " is " + one_line(profile->identifier));
      }
    }
  }

  void shared_devices() {
    std::map<dev_t, std::string> first;
    for (const LocationSetting& setting : config_.locations) {
      struct stat info{};
      if (!setting.is_directory() || stat(setting.path.c_str(), &info) != 0) continue;
      const auto [known, is_new] = first.emplace(info.st_dev, setting.facts.name.str());
      if (is_new) continue;
      add(Outcome::note, "location " + setting.facts.name.str() + " is on the same file system as " + known->second +
                             ": both are lost with it");
    }
  }

  const Config& config_;
  bool has_catalogue_ = false;
  std::vector<ConfigCheck> checks_;
};

std::string_view word_of(Outcome outcome) {
  if (outcome == Outcome::good) return "ok";
  return outcome == Outcome::note ? "note" : "problem";
}

struct CheckOptions {
  ConfigArguments arguments;
  bool json = false;
};

std::string problems_json(const ConfigProblems& problems) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("good", false).key("problems").begin_array();
  for (const ConfigProblem& problem : problems) {
    json.begin_object().member("place", problem.place).member("key", problem.key).member("value", problem.value);
    json.member("rule", problem.rule).end_object();
  }
  json.end_array().end_object();
  return text + "\n";
}

std::string checks_json(const Config& config, const std::vector<ConfigCheck>& checks, bool good) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("good", good).member("configuration", config_toml(config)).key("checks").begin_array();
  for (const ConfigCheck& check : checks) {
    json.begin_object().member("outcome", word_of(check.outcome)).member("what", check.what).end_object();
  }
  json.end_array().end_object();
  return text + "\n";
}

std::string checks_text(const std::vector<ConfigCheck>& checks, const Paint& paint) {
  constexpr std::size_t kColumn = 9;
  std::string out;
  for (const ConfigCheck& check : checks) {
    const std::string_view word = word_of(check.outcome);
    const std::string shown = check.outcome == Outcome::good   ? paint.green(word)
                              : check.outcome == Outcome::note ? paint.yellow(word)
                                                               : paint.red(word);
    out += "# " + shown + std::string(kColumn - word.size(), ' ') + check.what + "\n";
  }
  return out;
}

Exit check_config(const CheckOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const std::variant<Config, ConfigProblems> loaded = load_config(options.arguments);
  if (const auto* problems = std::get_if<ConfigProblems>(&loaded)) {
    if (options.json) console.out(problems_json(*problems));
    for (const ConfigProblem& problem : *problems) complain(console, Exit::usage, problem.text());
    return Exit::usage;
  }
  const Config& config = std::get<Config>(loaded);
  const std::vector<ConfigCheck> checks = check_places(config);
  std::size_t problems = 0;
  for (const ConfigCheck& check : checks) problems += check.outcome == Outcome::problem ? 1 : 0;
  console.out(options.json ? checks_json(config, checks, problems == 0)
                           : config_toml(config) + "\n" + checks_text(checks, Paint::for_out(surroundings)));
  if (problems == 0) return Exit::success;
  return complain(console, Exit::usage,
                  "the service would not start like this: " + std::to_string(problems) +
                      (problems == 1 ? " problem" : " problems"));
}

}  // namespace

std::vector<ConfigCheck> check_places(const Config& config) { return Checker(config).run(); }

Command check_group() {
  const auto options = std::make_shared<CheckOptions>();
  Command command("config", "check a configuration without starting the service");
  command.description =
      "Names every problem of the configuration. Without any, it prints all settings as they would be, in the form of "
      "a "
      "configuration file, secrets left out; then looks whether the directories are there and may be used, and whether "
      "every location is the one the catalogue knows. Nothing is changed.\n\n"
      "Run it as the user that the service runs as: what that user may not do shows up.";
  command.examples = {{"Before a restart", "strongroom check config --config /etc/strongroom.toml"},
                      {"Only the settings", "strongroom check config --data /srv/strongroom | grep -v '^#'"}};
  command.exits = {{Exit::success, "the service would start"},
                   {Exit::usage, "wrong arguments, or the configuration or a place has a problem"}};
  command.flag("--json", options->json, "print JSON");
  add_config_options(command, options->arguments);
  command.run = [options](const Surroundings& surroundings) { return check_config(*options, surroundings); };
  Command group("check", "check what the service needs");
  group.description = "Commands that look whether all is well, before work begins.";
  group.commands = {std::move(command), check_store_command()};
  return group;
}

}  // namespace strongroom::cli

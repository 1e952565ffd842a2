#include "cli/config.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/text.hpp"
#include "cli/config_aws.hpp"
#include "cli/config_notify.hpp"
#include "cli/config_places.hpp"
#include "cli/config_transfers.hpp"
#include "cli/toml_section.hpp"
#include "domain/callback_url.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kListenRule =
    "must be a numeric address and a port, such as \"127.0.0.1:8080\" or \"[::1]:8080\"";
constexpr const char* kPathRule = "must be the path of a directory";
constexpr const char* kFileRule = "must be the path of a file";

/// Reads the sections of one file into a Config.
class ConfigReader {
 public:
  ConfigReader(ConfigProblems& problems, const std::string& file)
      : problems_(problems), directory_(fs::absolute(file).parent_path()) {}

  void read(TomlSection& root, const ConfigArguments& arguments) {
    root.take_text("data", kPathRule, [&](const std::string& text) { return take_path(text, config_.data); });
    if (arguments.data) config_.data = absolute_path(*arguments.data, fs::current_path());
    root.take_text("listen", kListenRule, [&](const std::string& text) { return take_listen(text); });
    read_http(root);
    read_rules(root);
    read_work(root);
    read_callbacks(root);
    read_watch(root);
    read_index(root);
    read_log(root);
    read_places(root, directory_, config_);
    read_aws_services(root, directory_, config_);
    read_notify(root, directory_, config_);
    read_transfers(root, directory_, config_);
    if (arguments.listen && !take_listen(*arguments.listen)) {
      problems_.push_back({"--listen", "", "\"" + one_line(*arguments.listen) + "\"", kListenRule});
    }
    check_reach(root);
    root.refuse_others();
  }

  [[nodiscard]] Config take() { return std::move(config_); }

 private:
  bool take_path(const std::string& text, std::string& into) const { return path_from(text, directory_, into); }
  bool take_listen(const std::string& text) {
    const std::optional<ListenAddress> address = parse_listen(text);
    if (address) config_.listen = *address;
    return address.has_value();
  }

  void read_http(TomlSection& root) {
    root.take_text("basePath", "must be empty, or begin with a slash and not end in one", [&](const std::string& text) {
      const bool good = text.empty() || (text.front() == '/' && text.back() != '/' &&
                                         percent_encode(text, "/") == text && text.find("//") == std::string::npos);
      if (good) config_.base_path = text;
      return good;
    });
    root.take_text("publicBaseUrl", "must be an http or https URL without query and without a slash at its end",
                   [&](const std::string& text) {
                     config_.public_base_url = text;
                     return is_base_url(text);
                   });
    TomlSection http = root.section("http");
    http.take_boolean("behindProxy", config_.behind_proxy);
    std::uint64_t uri_max = config_.uri_max;
    http.take_number("maxUri", 1024, 65536, uri_max);
    config_.uri_max = uri_max;
    http.take_size("maxBody", "64KiB", "64MiB", config_.body_max);
    http.take_number("maxConnections", 16, 1'000'000, config_.connections_max);
    http.refuse_others();
    read_tls(root);
    TomlSection auth = root.section("auth");
    Duration life = config_.token_life;
    auth.take_duration("tokenLife", "1min", "30d", life);
    config_.token_life = std::chrono::duration_cast<std::chrono::seconds>(life);
    auth.refuse_others();
  }

  void read_tls(TomlSection& root) {
    TomlSection tls = root.section("tls");
    const auto take = [&](const char* key, std::string& into) {
      tls.take_text(key, kFileRule, [&](const std::string& text) { return take_path(text, into); });
    };
    take("certificate", config_.tls_certificate);
    take("key", config_.tls_key);
    if (tls.has("certificate") != tls.has("key")) {
      const bool has_key = tls.has("key");
      tls.refuse(has_key ? "certificate" : "key",
                 std::string("is required, since there is tls.") + (has_key ? "key" : "certificate") + ": a PEM file");
    }
    tls.refuse_others();
  }

  void read_rules(TomlSection& root) {
    TomlSection spaces = root.section("spaces");
    spaces.take("allowed", "must be a list of spaces", [&](const TomlValue& value) {
      config_.allowed_spaces = value.list;
      return value.list && !value.list->empty() &&
             std::ranges::all_of(*value.list, [](const std::string& s) { return Space::parse(s).has_value(); });
    });
    if (spaces.has("reserved")) config_.reserved_spaces.clear();
    for (TomlSection& reserved : spaces.sections("reserved")) {
      std::string prefix;
      std::string space;
      reserved.take_text("prefix", "must not be empty", [&](const std::string& text) {
        prefix = text;
        return !text.empty();
      });
      reserved.take_text("space", "must be a space", [&](const std::string& text) {
        space = text;
        return Space::parse(text).has_value();
      });
      require_keys(reserved, {"prefix", "space"});
      reserved.refuse_others();
      config_.reserved_spaces.emplace_back(prefix, space);
    }
    read_profiles(spaces);
    spaces.refuse_others();
    TomlSection updates = root.section("updates");
    updates.take_boolean("requireVersion", config_.updates_require_version);
    updates.refuse_others();
    TomlSection audit = root.section("audit");
    audit.take_boolean("reads", config_.audit_reads);
    audit.refuse_others();
  }

  void read_profiles(TomlSection& spaces) {
    std::set<std::string> known;
    for (TomlSection& section : spaces.sections("profiles")) {
      ProfileSetting profile;
      section.take_text("space", "must be a space", [&](const std::string& text) {
        profile.space = text;
        return Space::parse(text).has_value();
      });
      section.take_text("file", kFileRule, [&](const std::string& text) { return take_path(text, profile.path); });
      require_keys(section, {"space", "file"});
      section.refuse_others();
      if (section.has("space") && !known.insert(profile.space).second) {
        section.refuse("space", "has another profile already");
      }
      config_.profiles.push_back(std::move(profile));
    }
  }

  void read_work(TomlSection& root) {
    TomlSection workers = root.section("workers");
    std::uint64_t bags = config_.bags_at_once;
    std::uint64_t threads = config_.threads;
    workers.take_number("bags", 1, 64, bags);
    workers.take_number("threads", 1, 256, threads);
    config_.bags_at_once = bags;
    config_.threads = threads;
    workers.refuse_others();
    TomlSection dry_runs = root.section("dryRuns");
    std::uint64_t at_once = config_.dry_runs_at_once;
    dry_runs.take_number("atOnce", 1, 16, at_once);
    config_.dry_runs_at_once = at_once;
    dry_runs.refuse_others();
    TomlSection storage = root.section("storage");
    storage.take_size("minFree", "16MiB", "16TiB", config_.min_free);
    storage.refuse_others();
    TomlSection retry = root.section("retry");
    retry.take_duration("timeLimit", "1s", "90d", config_.retry_time_limit);
    retry.take_duration("eventInterval", "1s", "1d", config_.retry_event_interval);
    retry.refuse_others();
    TomlSection lease = root.section("lease");
    lease.take_duration("heartbeat", "100ms", "10min", config_.lease_heartbeat);
    lease.take_duration("expiry", "1s", "1h", config_.lease_expiry);
    if (config_.lease_expiry < 3 * config_.lease_heartbeat) {
      lease.refuse(lease.has("expiry") ? "expiry" : "heartbeat",
                   "lease.expiry must be at least three times lease.heartbeat");
    }
    lease.refuse_others();
    TomlSection unpack = root.section("unpack");
    unpack.take_number("maxEntries", 1, 1'000'000'000, config_.unpack_entries);
    unpack.take_size("maxBytes", "1MiB", "1024TiB", config_.unpack_bytes);
    unpack.take_size("maxFile", "1MiB", "1024TiB", config_.unpack_file);
    unpack.take_number("maxRatio", 10, 1'000'000, config_.unpack_ratio);
    unpack.refuse_others();
  }

  void read_callbacks(TomlSection& root) {
    TomlSection callbacks = root.section("callbacks");
    std::uint64_t attempts = config_.callback_pauses.size() + 1;
    callbacks.take_number("attempts", 1, 50, attempts);
    callbacks.take("pauses", "must be a list of durations of at most \"1d\", such as [\"15s\", \"45s\"]",
                   [&](const TomlValue& value) { return value.list && take_pauses(*value.list); });
    if (!callbacks.has("attempts")) attempts = config_.callback_pauses.size() + 1;
    if (!callbacks.has("pauses") && attempts <= config_.callback_pauses.size()) {
      config_.callback_pauses.resize(attempts - 1);
    }
    if (attempts != config_.callback_pauses.size() + 1) {
      callbacks.refuse("attempts", "must be one more than there are callbacks.pauses, which are " +
                                       std::to_string(config_.callback_pauses.size()));
    }
    callbacks.take("allowedNetworks", "must be a list of networks such as \"10.0.0.0/8\"", [&](const TomlValue& value) {
      config_.callback_networks = value.list.value_or(std::vector<std::string>());
      return value.list && std::ranges::all_of(*value.list, is_network);
    });
    callbacks.take_text("signingSecret", "must have at least 16 characters", [&](const std::string& text) {
      config_.callback_secret = text;
      return text.size() >= 16;
    });
    callbacks.refuse_others();
  }

  bool take_pauses(const std::vector<std::string>& texts) {
    std::vector<Duration> pauses;
    for (const std::string& text : texts) {
      const std::optional<Duration> pause = parse_duration(text);
      if (!pause || *pause > std::chrono::hours(24)) return false;
      pauses.push_back(*pause);
    }
    config_.callback_pauses = std::move(pauses);
    return true;
  }

  void read_watch(TomlSection& root) {
    TomlSection idempotency = root.section("idempotency");
    idempotency.take_duration("keep", "1min", "3650d", config_.keys_kept);
    idempotency.refuse_others();
    TomlSection events = root.section("events");
    events.take_duration("keepIngestUpdates", "1min", "36500d", config_.updates_kept);
    events.take_number("maxStreams", 1, 1'000'000, config_.event_streams_max);
    events.refuse_others();
    TomlSection subscriptions = root.section("subscriptions");
    subscriptions.take_duration("firstPause", "1s", "1h", config_.subscription_first_pause);
    subscriptions.take_duration("longestPause", "1s", "24h", config_.subscription_longest_pause);
    subscriptions.take_duration("giveUpAfter", "1s", "90d", config_.subscription_give_up_after);
    subscriptions.refuse_others();
    TomlSection metrics = root.section("metrics");
    metrics.take_text("address", "must be an address and a port, such as \"127.0.0.1:9090\"",
                      [&](const std::string& text) {
                        config_.metrics_address = parse_listen(text);
                        return config_.metrics_address.has_value();
                      });
    metrics.refuse_others();
    TomlSection alarms = root.section("alarms");
    alarms.take_duration("stuckAfter", "1s", "90d", config_.stuck_after);
    alarms.refuse_others();
  }

  void read_index(TomlSection& root) {
    TomlSection section = root.section("index");
    IndexSetting index;
    section.take_text("url", "must be an http or https URL without query and without a slash at its end",
                      [&](const std::string& text) {
                        index.access.url = text;
                        return is_base_url(text);
                      });
    section.take_text("prefix", "must be 1 to 64 of a-z, 0-9, - and _, beginning with a letter or digit",
                      [&](const std::string& text) {
                        index.prefix = text;
                        return is_index_prefix(text);
                      });
    const auto take = [&](const char* key, std::string& into) {
      section.take_text(key, "must not be empty, and must be on one line", [&](const std::string& text) {
        into = text;
        return !text.empty() && is_utf8(text) && !has_control_characters(text);
      });
    };
    take("username", index.access.username);
    take("password", index.access.password);
    take("apiKey", index.access.api_key);
    section.take_text("caFile", kFileRule,
                      [&](const std::string& text) { return take_path(text, index.access.ca_file); });
    check_index(section, index);
    section.refuse_others();
    if (!index.access.url.empty()) config_.index = std::move(index);
  }

  static void check_index(TomlSection& section, const IndexSetting& index) {
    for (const char* key : {"prefix", "username", "password", "apiKey", "caFile"}) {
      if (section.has(key) && !section.has("url")) {
        section.refuse("url", std::string("is required, since there is index.") + key);
        return;
      }
    }
    if (section.has("username") != section.has("password")) {
      const bool has_name = section.has("username");
      section.refuse(has_name ? "password" : "username",
                     std::string("is required, since there is index.") + (has_name ? "username" : "password"));
    }
    if (section.has("apiKey") && section.has("username")) {
      section.refuse("apiKey", "cannot be beside index.username: the server is told one of them");
    }
    const bool secret = section.has("password") || section.has("apiKey");
    if (secret && !index.access.url.starts_with("https://") && !is_loopback(host_of(index.access.url))) {
      section.refuse("url",
                     "must be an https URL: index.password and index.apiKey are not sent in clear to another machine");
    }
  }

  void read_log(TomlSection& root) {
    TomlSection log = root.section("log");
    log.take_text("format", "must be \"logfmt\" or \"json\"", [&](const std::string& text) {
      config_.log_format = text == "json" ? host::LogFormat::json : host::LogFormat::logfmt;
      return text == "json" || text == "logfmt";
    });
    log.take_text("level", "must be \"debug\", \"info\", \"warning\" or \"error\"", [&](const std::string& text) {
      for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
        if (host::name_of(level) != text) continue;
        config_.log_level = level;
        return true;
      }
      return false;
    });
    log.refuse_others();
  }

  /// What depends on where the service listens, and what the data directory gives.
  void check_reach(TomlSection& root) {
    if (config_.data.empty() && !root.has("data")) {
      root.refuse("data", "is required, here or as --data: the directory of the catalogue and of unfinished work");
    }
    if (!is_loopback(config_.listen.host)) {
      const std::string beyond = "listening on " + config_.listen.text() + ", beyond this machine, needs ";
      if (!config_.behind_proxy && config_.tls_certificate.empty()) {
        root.refuse("tls.certificate", beyond +
                                           "TLS: set tls.certificate and tls.key, or http.behindProxy = true when "
                                           "a proxy before it speaks TLS");
      }
      if (config_.public_base_url.empty()) {
        root.refuse("publicBaseUrl", beyond + "publicBaseUrl, the URL that clients reach it at");
      }
    }
    if (config_.public_base_url.empty()) {
      config_.public_base_url =
          (config_.tls_certificate.empty() ? "http://" : "https://") + config_.listen.text() + config_.base_path;
    }
    add_embedded_places(config_);
    add_embedded_transfer_area(config_);
  }

  ConfigProblems& problems_;
  fs::path directory_;
  Config config_;
};

}  // namespace

bool Config::runs(std::string_view service) const { return std::ranges::find(services, service) != services.end(); }

std::string ConfigProblem::text() const {
  std::string line = place;
  if (!key.empty()) line += ": " + key;
  if (!value.empty()) line += " = " + value;
  return line + ": " + rule;
}

std::variant<Config, ConfigProblems> parse_config(const std::string& text, const std::string& file,
                                                  const ConfigArguments& arguments) {
  ConfigProblems problems;
  std::optional<TomlSection> root = read_toml(text, file, problems);
  if (!root) return problems;
  ConfigReader reader(problems, file);
  reader.read(*root, arguments);
  if (!problems.empty()) return problems;
  return reader.take();
}

std::variant<Config, ConfigProblems> load_config(const ConfigArguments& arguments) {
  if (!arguments.file) return parse_config("", "command line", arguments);
  std::ifstream stream(*arguments.file, std::ios::binary);
  std::ostringstream text;
  if (stream) text << stream.rdbuf();
  if (!stream || fs::is_directory(*arguments.file)) {
    return ConfigProblems{{"--config", "", "\"" + one_line(*arguments.file) + "\"", "cannot be read"}};
  }
  return parse_config(text.str(), *arguments.file, arguments);
}

}  // namespace strongroom::cli

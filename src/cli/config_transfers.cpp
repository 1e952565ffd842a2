#include "cli/config_transfers.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "cli/config_places.hpp"
#include "cli/secret_settings.hpp"
#include "domain/identifiers.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPathRule = "must be the path of a directory";
constexpr const char* kFileRule = "must be the path of a file";
constexpr const char* kNameRule = "must be 1 to 64 of a-z, 0-9 and -, beginning with a letter or digit";
constexpr std::array<std::pair<std::string_view, ReportSink>, 3> kSinks = {
    {{"slack", ReportSink::slack}, {"file", ReportSink::file}, {"stdout", ReportSink::console}}};

bool is_one_line(const std::string& text) { return !text.empty() && is_utf8(text) && !has_control_characters(text); }

/// Never taken for a path: a letter or `_`, then also digits.
bool is_variable_name(const std::string& text) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !text.empty() && is_letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// What holds for directories unless the file says otherwise: nothing there tells of changes but the sweep.
TransferAreaSetting directory_area(std::string name) {
  TransferAreaSetting area;
  area.name = std::move(name);
  area.sweep_every = std::chrono::seconds(30);
  area.sweep_grace = std::chrono::seconds(10);
  area.adopt = transfers::Adopt::start;
  area.other_case_zip = transfers::OtherCaseZip::submit;
  return area;
}

class Reader {
 public:
  Reader(const fs::path& directory, Config& config) : directory_(directory), config_(config), all_(config.transfers) {}

  void read(TomlSection& root) {
    root.take_text("environment", "must be one word", [&](const std::string& text) {
      all_.environment = text;
      return is_one_line(text) && text.find(' ') == std::string::npos;
    });
    read_walk(root);
    read_prefixes(root);
    read_feedback(root);
    all_.embedded_area = !root.has("areas");
    for (TomlSection& section : root.sections("areas")) read_area(section);
    TomlSection archivematica = root.section("archivematica");
    read_service(archivematica, "dashboard", all_.dashboard);
    read_service(archivematica, "storageService", all_.storage_service);
    if (all_.dashboard.url.empty() != all_.storage_service.url.empty()) {
      archivematica.refuse(all_.dashboard.url.empty() ? "dashboard" : "storageService",
                           "is required, since the other of Archivematica's two services is given");
    }
    archivematica.refuse_others();
    read_monitor(root);
    TomlSection alerts = root.section("alerts");
    read_secret(alerts, "webhook", all_.alerts_webhook);
    alerts.refuse_others();
  }

 private:
  /// `{name}File` or `{name}Env`.
  void read_secret(TomlSection& section, const std::string& name, cloud::SecretPlace& place) const {
    section.take_text(name + "File", kFileRule,
                      [&](const std::string& text) { return path_from(text, directory_, place.file); });
    section.take_text(name + "Env", "must be the name of a variable of the environment", [&](const std::string& text) {
      place.variable = text;
      return is_variable_name(text);
    });
    if (section.has(name + "File") && section.has(name + "Env")) {
      section.refuse(name + "Env", "cannot be beside " + name + "File: the secret is taken from one place");
    }
  }

  void read_walk(TomlSection& root) {
    TomlSection section = root.section("transfers");
    section.take_duration("retryFor", "24h", "3650d", all_.walk.retry_for);
    section.take_duration("overdueAfter", "1min", "3650d", all_.overdue_after);
    section.take_text("otherCaseZip", R"(must be "twin", "submit" or "reject")", [&](const std::string& text) {
      using enum transfers::OtherCaseZip;
      all_.other_case_zip = text == "twin" ? twin : text == "submit" ? submit : reject;
      return text == "twin" || text == "submit" || text == "reject";
    });
    section.refuse_others();
    TomlSection rights = root.section("rights");
    rights.take("knownGrantNotes", "must be a list of texts", [&](const TomlValue& value) {
      all_.walk.known_grant_notes = value.list.value_or(std::vector<std::string>());
      return value.list.has_value();
    });
    rights.refuse_others();
  }

  void read_prefixes(TomlSection& root) {
    if (!root.has("prefixes")) return;
    all_.walk.prefixes.clear();
    for (TomlSection& section : root.sections("prefixes")) {
      transfers::Prefix prefix;
      section.take_text("prefix", "must be path components that each end in a slash", [&](const std::string& text) {
        prefix.prefix = text;
        return is_one_line(text) && text.back() == '/' && text.front() != '/' && text.find("//") == std::string::npos;
      });
      section.take_text("flavour", R"(must be "catalogued" or "accession")", [&](const std::string& text) {
        const auto flavour = transfers::parse_flavour(text);
        prefix.flavour = flavour.value_or(prefix.flavour);
        return flavour.has_value();
      });
      section.take_text("processingConfig", "must be the name of a processing configuration of Archivematica",
                        [&](const std::string& text) {
                          prefix.processing_configuration = text;
                          return is_one_line(text);
                        });
      section.take_text("space", "must be a space", [&](const std::string& text) {
        prefix.expected_space = text;
        return Space::parse(text).has_value();
      });
      require_keys(section, {"prefix", "flavour", "processingConfig", "space"});
      section.refuse_others();
      const auto is_same = [&](const transfers::Prefix& other) { return other.prefix == prefix.prefix; };
      if (std::ranges::any_of(all_.walk.prefixes, is_same)) section.refuse("prefix", "is another row's already");
      all_.walk.prefixes.push_back(std::move(prefix));
    }
    if (all_.walk.prefixes.empty()) root.refuse("prefixes", "must have a row at least");
  }

  void read_feedback(TomlSection& root) {
    TomlSection section = root.section("feedback");
    bool separate = false;
    std::string prefix = "feedback/";
    section.take_text("layout", R"(must be "beside" or "separate")", [&](const std::string& text) {
      separate = text == "separate";
      return text == "separate" || text == "beside";
    });
    section.take_text("prefix", "must end in a slash, and begin with no prefix of packages",
                      [&](const std::string& text) {
                        prefix = text;
                        return is_one_line(text) && text.back() == '/' && text.front() != '/' && keeps_apart(text);
                      });
    section.take_text("notices", R"(must be "always", "slow" or "never")", [&](const std::string& text) {
      using enum transfers::Notices;
      all_.walk.notices = text == "slow" ? slow : text == "never" ? never : always;
      return text == "always" || text == "slow" || text == "never";
    });
    section.take_boolean("safeNames", all_.walk.safe_names);
    section.refuse_others();
    if (separate) all_.walk.feedback_prefix = prefix;
  }

  /// Logs below it are never below a package, nor packages below it.
  [[nodiscard]] bool keeps_apart(const std::string& prefix) const {
    return std::ranges::none_of(all_.walk.prefixes, [&](const transfers::Prefix& one) {
      return prefix.starts_with(one.prefix) || one.prefix.starts_with(prefix);
    });
  }

  void read_area(TomlSection& section) {
    TransferAreaSetting area;
    section.take_text("name", kNameRule, [&](const std::string& text) {
      area.name = text;
      return LocationName::parse(text).has_value();
    });
    section.take_text("store", R"(must be "s3" or "filesystem")", [&](const std::string& text) {
      const char* const key = text == "s3" ? "bucket" : "root";
      return (text == "s3" || text == "filesystem") && section.has(key);
    });
    if (section.has("bucket")) {
      read_bucket(section, area);
    } else if (section.has("root")) {
      read_directory(section, area);
    } else {
      section.refuse("bucket", "is required, or root: an area is a bucket or a directory");
    }
    section.take_duration("sweepEvery", "1s", "24h", area.sweep_every);
    section.take_duration("sweepGrace", "0s", "24h", area.sweep_grace);
    section.take_text("adopt", R"(must be "hold" or "start")", [&](const std::string& text) {
      area.adopt = text == "start" ? transfers::Adopt::start : transfers::Adopt::hold;
      return text == "start" || text == "hold";
    });
    require_keys(section, {"name"});
    section.refuse_others();
    check_own(section, area);
    all_.areas.push_back(std::move(area));
  }

  void read_bucket(TomlSection& section, TransferAreaSetting& area) const {
    area.other_case_zip = all_.other_case_zip.value_or(transfers::OtherCaseZip::twin);
    section.take_text("bucket", "must be the name of a bucket", [&](const std::string& text) {
      area.bucket = text;
      return source_bucket_fault(text).empty();
    });
    read_reach(section, directory_, area.cloud);
    read_s3_reach(section, area.bucket, area.cloud);
    section.take_text("sqsQueueUrl", "must be the URL of a queue, without a slash at its end",
                      [&](const std::string& text) {
                        area.queue_url = text;
                        return is_base_url(text);
                      });
    forbid(section, {"root", "archivematicaPath"}, "is for a directory, and there is a bucket");
  }

  void read_directory(TomlSection& section, TransferAreaSetting& area) const {
    area = directory_area(std::move(area.name));
    if (all_.other_case_zip) area.other_case_zip = *all_.other_case_zip;
    section.take_text("root", kPathRule,
                      [&](const std::string& text) { return path_from(text, directory_, area.root); });
    area.archivematica_path = area.root;
    section.take_text("archivematicaPath", "must be an absolute path", [&](const std::string& text) {
      return text.starts_with('/') && path_from(text, directory_, area.archivematica_path);
    });
    forbid(section, {"sqsQueueUrl", "endpoint", "region", "addressing", "credentialsFile", "profile", "caFile"},
           "is for a bucket, and there is a root");
  }

  static void forbid(TomlSection& section, const std::vector<std::string>& keys, const std::string& rule) {
    for (const std::string& key : keys) section.take(key, rule, [](const TomlValue&) { return false; });
  }

  /// A bucket or directory belongs to one area only, and is neither location nor source of ingests.
  void check_own(TomlSection& section, const TransferAreaSetting& area) {
    const char* const place = area.is_directory() ? "root" : "bucket";
    for (const TransferAreaSetting& other : all_.areas) {
      if (other.name == area.name) section.refuse("name", "is the name of another area");
      if (other.is_directory() != area.is_directory()) continue;
      const bool same = area.is_directory() ? overlap(other.root, area.root) : other.bucket == area.bucket;
      if (same) section.refuse(place, "is that of another area, or reaches into it");
    }
    if (area.is_directory() && !area.root.empty() && (config_.data + "/").starts_with(area.root + "/")) {
      section.refuse(place, "holds the data directory");
    }
    for (const LocationSetting& location : config_.locations) {
      const bool same = area.is_directory()
                            ? location.is_directory() && overlap(location.path, area.root)
                            : location.facts.bucket == area.bucket && location.cloud.endpoint == area.cloud.endpoint;
      if (same) section.refuse(place, "is that of the location " + location.facts.name.str());
    }
  }

  static bool overlap(const std::string& a, const std::string& b) {
    return a == b || a.starts_with(b + "/") || b.starts_with(a + "/");
  }

  void read_service(TomlSection& archivematica, const std::string& name, ArchivematicaServiceSetting& service) {
    TomlSection section = archivematica.section(name);
    section.take_text("url", "must be an http or https URL without query and without a slash at its end",
                      [&](const std::string& text) {
                        service.url = text;
                        return is_base_url(text);
                      });
    section.take_text("user", "must not be empty, and must be on one line", [&](const std::string& text) {
      service.user = text;
      return is_one_line(text);
    });
    read_secret(section, "apiKey", service.key);
    if (section.has("url")) {
      require_keys(section, {"user"});
      if (!is_given(service.key)) section.refuse("apiKeyFile", "is required, or apiKeyEnv");
    } else {
      for (const char* key : {"user", "apiKeyFile", "apiKeyEnv"}) {
        if (!section.has(key)) continue;
        section.refuse("url", std::string("is required, since there is ") + key);
        break;
      }
    }
    section.refuse_others();
  }

  void read_monitor(TomlSection& root) {
    TomlSection section = root.section("monitor");
    MonitorSetting& monitor = all_.monitor;
    section.take_text("schedule", "must be five fields of cron in UTC, or such as \"cron(15 6 ? * MON *)\"",
                      [&](const std::string& text) {
                        monitor.schedule = text;
                        return transfers::Schedule::parse(text).has_value();
                      });
    read_secret(section, "webhook", monitor.webhook);
    if (is_given(monitor.webhook)) monitor.sink = ReportSink::slack;
    section.take_text("sink", R"(must be "slack", "file" or "stdout")", [&](const std::string& text) {
      const auto found = std::ranges::find(kSinks, text, &std::pair<std::string_view, ReportSink>::first);
      if (found != kSinks.end()) monitor.sink = found->second;
      return found != kSinks.end();
    });
    if (monitor.sink == ReportSink::slack && !is_given(monitor.webhook)) {
      section.refuse("webhookFile", "is required, or webhookEnv, with monitor.sink = \"slack\"");
    }
    section.take_boolean("delete", monitor.remove);
    section.take_text("deleteMode", R"(must be "version" or "marker")", [&](const std::string& text) {
      monitor.leaves_marker = text == "marker";
      return text == "marker" || text == "version";
    });
    section.take_text("channelName", "must not be empty, and must be on one line", [&](const std::string& text) {
      monitor.channel_name = text;
      return is_one_line(text);
    });
    section.refuse_others();
  }

  const fs::path& directory_;
  Config& config_;
  TransferSettings& all_;
};

}  // namespace

std::string_view name_of(ReportSink sink) {
  return std::ranges::find(kSinks, sink, &std::pair<std::string_view, ReportSink>::second)->first;
}

void read_transfers(TomlSection& root, const fs::path& directory, Config& config) {
  Reader(directory, config).read(root);
}

void add_embedded_transfer_area(Config& config) {
  if (!config.transfers.embedded_area) return;
  TransferAreaSetting area = directory_area("local");
  area.root = config.data + "/transfers";
  area.archivematica_path = area.root;
  if (config.transfers.other_case_zip) area.other_case_zip = *config.transfers.other_case_zip;
  config.transfers.areas.push_back(std::move(area));
}

}  // namespace strongroom::cli

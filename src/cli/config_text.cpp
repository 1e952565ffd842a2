#include "cli/config_text.hpp"

#include <array>

#include "base/json_text.hpp"
#include "base/text.hpp"

namespace strongroom::cli {
namespace {

/// A TOML basic string: JSON's escapes are among its own.
std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

template <class List, class Spell>
std::string list_text(const List& items, const Spell& spell) {
  std::vector<std::string> texts;
  for (const auto& item : items) texts.push_back(spell(item));
  return "[" + join(texts, ", ") + "]";
}

std::string boolean(bool value) { return value ? "true" : "false"; }

/// `key = "text"`, on a line of its own; nothing for an empty text.
std::string line_of(const char* key, const std::string& text) {
  return text.empty() ? "" : std::string("\n") + key + " = " + quoted(text);
}

std::string cloud_toml(Provider provider, const std::string& bucket, const CloudSetting& cloud) {
  const bool is_s3 = provider == Provider::amazon_s3;
  std::string out = line_of("provider", std::string(name_of(provider)));
  out += line_of(is_s3 ? "bucket" : "container", bucket) + line_of("endpoint", cloud.endpoint);
  out += line_of("region", cloud.region) + line_of("account", cloud.account);
  if (is_s3) out += line_of("addressing", cloud.by_host ? "host" : "path");
  return out + line_of("credentialsFile", cloud.credentials_file) + line_of("profile", cloud.profile) +
         line_of("caFile", cloud.ca_file);
}

std::string archiving_toml(const CloudSetting& cloud) {
  if (cloud.archive_to.empty()) return "";
  return line_of("archiveTo", cloud.archive_to) + "\nrestoreDays = " + std::to_string(cloud.restore_days);
}

std::string storing_toml(const LocationSetting& location) {
  const CloudSetting& cloud = location.cloud;
  std::string out = "\nrequestsAtOnce = " + std::to_string(location.facts.requests_at_once);
  if (cloud.requests_per_second > 0) out += "\nrequestsPerSecond = " + std::to_string(cloud.requests_per_second);
  if (location.facts.provider == Provider::azure_blob_storage) {
    return out + (cloud.has_access_tier ? line_of("accessTier", std::string(name_of(location.facts.tier))) : "") +
           archiving_toml(cloud) +
           (cloud.archive_to.empty() ? "" : line_of("restorePriority", cloud.restores_first ? "high" : "standard"));
  }
  out += archiving_toml(cloud);
  if (!cloud.archive_to.empty()) {
    out += line_of("archiveBy", cloud.archives_by_copy ? "copy" : "tag") + line_of("restoreTier", cloud.restore_tier);
  }
  out += line_of("archiveCredentialsFile", cloud.archive_credentials_file);
  return out + line_of("archiveProfile", cloud.archive_profile) + line_of("storageClass", cloud.storage_class) +
         line_of("createOnly", cloud.looks_before_writing ? "look" : "condition") +
         line_of("partSize", size_text(cloud.part_size));
}

std::string sink_toml(const SinkSetting& sink) {
  const CloudSetting& cloud = sink.cloud;
  std::string out = "\n[[sinks]]" + line_of("name", sink.name) + line_of("topic", sink.topic) +
                    "\nkinds = " + list_text(sink.kinds, quoted);
  if (!sink.spaces.empty()) out += "\nspaces = " + list_text(sink.spaces, quoted);
  return out + line_of("endpoint", cloud.endpoint) + line_of("credentialsFile", cloud.credentials_file) +
         line_of("profile", cloud.profile) + line_of("caFile", cloud.ca_file) + "\n";
}

std::string location_toml(const LocationSetting& location) {
  const LocationFacts& facts = location.facts;
  std::string out = "\n[[locations]]\nname = " + quoted(facts.name.str()) + "\nlabel = " + quoted(facts.label) +
                    "\nrole = " + quoted(name_of(facts.role));
  if (location.is_directory()) {
    out += "\npath = " + quoted(location.path) + "\ntier = " + quoted(name_of(facts.tier));
  } else {
    out += cloud_toml(facts.provider, facts.bucket, location.cloud) + storing_toml(location);
  }
  if (!facts.spaces.empty()) out += "\nspaces = " + list_text(facts.spaces, quoted);
  return out + "\nprefix = " + quoted(facts.prefix) + "\nurl = " + quoted(facts.url) +
         "\naliases = " + list_text(facts.fetch_aliases, quoted) + "\nverify = " + quoted(name_of(facts.verify)) +
         "\nverifyFetched = " + quoted(name_of(facts.verify_fetched)) + "\n";
}

/// Only what differs from doing nothing: most services have no companions.
void append_notify(const Config& config, std::vector<std::pair<std::string, std::string>>& settings) {
  const NotifySetting& notify = config.notify;
  settings.emplace_back("services", list_text(config.services, quoted));
  settings.emplace_back("notify.sink", quoted(name_of(notify.sink)));
  settings.emplace_back("notify.spaces", list_text(notify.spaces, quoted));
  settings.emplace_back("notify.reindex", boolean(notify.reindex));
  if (notify.sink == NotifySink::file) settings.emplace_back("notify.directory", quoted(config.notify_directory()));
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"topic", notify.topic},
                                                        {"endpoint", notify.cloud.endpoint},
                                                        {"credentialsFile", notify.cloud.credentials_file},
                                                        {"profile", notify.cloud.profile},
                                                        {"caFile", notify.cloud.ca_file},
                                                        {"urlFile", notify.url_file},
                                                        {"signingSecretFile", notify.secret_file}}) {
    if (!value.empty()) settings.emplace_back("notify." + key, quoted(value));
  }
}

using Settings = std::vector<std::pair<std::string, std::string>>;

/// `{key}File` or `{key}Env`, whichever is given.
void append_secret(const std::string& key, const cloud::SecretPlace& place, Settings& settings) {
  if (!place.file.empty()) settings.emplace_back(key + "File", quoted(place.file));
  if (!place.variable.empty()) settings.emplace_back(key + "Env", quoted(place.variable));
}

std::string_view name_of(transfers::OtherCaseZip rule) {
  if (rule == transfers::OtherCaseZip::reject) return "reject";
  return rule == transfers::OtherCaseZip::twin ? "twin" : "submit";
}

std::string_view name_of(transfers::Notices notices) {
  if (notices == transfers::Notices::never) return "never";
  return notices == transfers::Notices::slow ? "slow" : "always";
}

void append_archivematica(const std::string& key, const ArchivematicaServiceSetting& service, Settings& settings) {
  if (service.url.empty()) return;
  settings.emplace_back(key + ".url", quoted(service.url));
  settings.emplace_back(key + ".user", quoted(service.user));
  append_secret(key + ".apiKey", service.key, settings);
}

void append_transfers(const TransferSettings& all, Settings& settings) {
  settings.emplace_back("environment", quoted(all.environment));
  settings.emplace_back("transfers.retryFor", quoted(duration_text(all.walk.retry_for)));
  settings.emplace_back("transfers.overdueAfter", quoted(duration_text(all.overdue_after)));
  if (all.other_case_zip) settings.emplace_back("transfers.otherCaseZip", quoted(name_of(*all.other_case_zip)));
  const std::string& prefix = all.walk.feedback_prefix;
  settings.emplace_back("feedback.layout", quoted(prefix.empty() ? "beside" : "separate"));
  if (!prefix.empty()) settings.emplace_back("feedback.prefix", quoted(prefix));
  settings.emplace_back("feedback.notices", quoted(name_of(all.walk.notices)));
  settings.emplace_back("feedback.safeNames", boolean(all.walk.safe_names));
  settings.emplace_back("rights.knownGrantNotes", list_text(all.walk.known_grant_notes, quoted));
  append_archivematica("archivematica.dashboard", all.dashboard, settings);
  append_archivematica("archivematica.storageService", all.storage_service, settings);
  settings.emplace_back("monitor.schedule", quoted(all.monitor.schedule));
  settings.emplace_back("monitor.sink", quoted(cli::name_of(all.monitor.sink)));
  append_secret("monitor.webhook", all.monitor.webhook, settings);
  settings.emplace_back("monitor.delete", boolean(all.monitor.remove));
  settings.emplace_back("monitor.deleteMode", quoted(all.monitor.leaves_marker ? "marker" : "version"));
  if (!all.monitor.channel_name.empty()) settings.emplace_back("monitor.channelName", quoted(all.monitor.channel_name));
  append_secret("alerts.webhook", all.alerts_webhook, settings);
}

std::string prefix_toml(const transfers::Prefix& prefix) {
  return "\n[[prefixes]]" + line_of("prefix", prefix.prefix) +
         line_of("flavour", std::string(transfers::name_of(prefix.flavour))) +
         line_of("processingConfig", prefix.processing_configuration) + line_of("space", prefix.expected_space) + "\n";
}

std::string transfer_area_toml(const TransferAreaSetting& area) {
  const CloudSetting& cloud = area.cloud;
  std::string out = "\n[[areas]]" + line_of("name", area.name);
  out += line_of("store", area.is_directory() ? "filesystem" : "s3");
  if (area.is_directory()) {
    out += line_of("root", area.root) + line_of("archivematicaPath", area.archivematica_path);
  } else {
    out += line_of("bucket", area.bucket) + line_of("endpoint", cloud.endpoint) + line_of("region", cloud.region) +
           line_of("addressing", cloud.by_host ? "host" : "path") + line_of("credentialsFile", cloud.credentials_file) +
           line_of("profile", cloud.profile) + line_of("caFile", cloud.ca_file) +
           line_of("sqsQueueUrl", area.queue_url);
  }
  return out + line_of("sweepEvery", duration_text(area.sweep_every)) +
         line_of("sweepGrace", duration_text(area.sweep_grace)) +
         line_of("adopt", area.adopt == transfers::Adopt::start ? "start" : "hold") + "\n";
}

/// Keys below `largeResponses`, with texts as values.
std::vector<std::pair<std::string, std::string>> large_responses_settings(const LargeResponsesSetting& setting) {
  const CloudSetting& cloud = setting.cloud;
  std::vector<std::pair<std::string, std::string>> settings = {{"redirectAbove", size_text(setting.redirect_above)},
                                                               {"bucket", setting.bucket},
                                                               {"prefix", setting.prefix},
                                                               {"endpoint", cloud.endpoint},
                                                               {"region", cloud.region},
                                                               {"addressing", cloud.by_host ? "host" : "path"},
                                                               {"credentialsFile", cloud.credentials_file},
                                                               {"profile", cloud.profile},
                                                               {"caFile", cloud.ca_file}};
  std::erase_if(settings, [](const auto& one) { return one.second.empty(); });
  return settings;
}

}  // namespace

std::string duration_text(Duration duration) {
  struct Unit {
    Duration length;
    const char* name;
  };
  constexpr std::array<Unit, 5> kUnits = {{{std::chrono::days(1), "d"},
                                           {std::chrono::hours(1), "h"},
                                           {std::chrono::minutes(1), "min"},
                                           {std::chrono::seconds(1), "s"},
                                           {std::chrono::milliseconds(1), "ms"}}};
  for (const Unit& unit : kUnits) {
    if (duration >= unit.length && duration % unit.length == Duration::zero()) {
      return std::to_string(duration / unit.length) + unit.name;
    }
  }
  return std::to_string(duration / std::chrono::milliseconds(1)) + "ms";
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 4> kUnits = {"KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  std::uint64_t number = bytes;
  while (number > 0 && number % 1024 == 0 && unit < kUnits.size()) {
    number /= 1024;
    ++unit;
  }
  return std::to_string(number) + (unit > 0 ? kUnits.at(unit - 1) : "");
}

std::vector<std::pair<std::string, std::string>> settings_of(const Config& config) {
  std::vector<std::pair<std::string, std::string>> settings = {
      {"data", quoted(config.data)},
      {"listen", quoted(config.listen.text())},
      {"basePath", quoted(config.base_path)},
      {"publicBaseUrl", quoted(config.public_base_url)},
      {"http.maxConnections", std::to_string(config.connections_max)},
      {"http.behindProxy", boolean(config.behind_proxy)},
      {"http.maxUri", std::to_string(config.uri_max)},
      {"http.maxBody", quoted(size_text(config.body_max))},
      {"auth.tokenLife", quoted(duration_text(config.token_life))},
      {"log.format", quoted(config.log_format == host::LogFormat::json ? "json" : "logfmt")},
      {"log.level", quoted(host::name_of(config.log_level))},
      {"workers.bags", std::to_string(config.bags_at_once)}};
  if (!config.tls_certificate.empty()) {
    settings.emplace_back("tls.certificate", quoted(config.tls_certificate));
    settings.emplace_back("tls.key", quoted(config.tls_key));
  }
  if (config.metrics_address) settings.emplace_back("metrics.address", quoted(config.metrics_address->text()));
  if (config.index) {
    settings.emplace_back("index.url", quoted(config.index->access.url));
    settings.emplace_back("index.prefix", quoted(config.index->prefix));
    if (!config.index->access.username.empty())
      settings.emplace_back("index.username", quoted(config.index->access.username));
    if (!config.index->access.ca_file.empty())
      settings.emplace_back("index.caFile", quoted(config.index->access.ca_file));
  }
  if (config.version_index) {
    const CloudSetting& cloud = config.version_index->cloud;
    settings.emplace_back("versionIndex.table", quoted(config.version_index->table));
    settings.emplace_back("versionIndex.region", quoted(cloud.region));
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, std::string>>{{"endpoint", cloud.endpoint},
                                                          {"credentialsFile", cloud.credentials_file},
                                                          {"profile", cloud.profile},
                                                          {"caFile", cloud.ca_file}}) {
      if (!value.empty()) settings.emplace_back("versionIndex." + key, quoted(value));
    }
  }
  append_notify(config, settings);
  append_transfers(config.transfers, settings);
  if (config.large_responses) {
    for (const auto& [key, value] : large_responses_settings(*config.large_responses)) {
      settings.emplace_back("largeResponses." + key, quoted(value));
    }
  }
  if (config.threads > 0) settings.emplace_back("workers.threads", std::to_string(config.threads));
  const std::vector<std::pair<std::string, std::string>> more = {
      {"dryRuns.atOnce", std::to_string(config.dry_runs_at_once)},
      {"storage.minFree", quoted(size_text(config.min_free))},
      {"retry.timeLimit", quoted(duration_text(config.retry_time_limit))},
      {"retry.eventInterval", quoted(duration_text(config.retry_event_interval))},
      {"lease.heartbeat", quoted(duration_text(config.lease_heartbeat))},
      {"lease.expiry", quoted(duration_text(config.lease_expiry))},
      {"unpack.maxEntries", std::to_string(config.unpack_entries)},
      {"unpack.maxBytes", quoted(size_text(config.unpack_bytes))},
      {"unpack.maxFile", quoted(size_text(config.unpack_file))},
      {"unpack.maxRatio", std::to_string(config.unpack_ratio)},
      {"idempotency.keep", quoted(duration_text(config.keys_kept))},
      {"events.keepIngestUpdates", quoted(duration_text(config.updates_kept))},
      {"events.maxStreams", std::to_string(config.event_streams_max)},
      {"subscriptions.firstPause", quoted(duration_text(config.subscription_first_pause))},
      {"subscriptions.longestPause", quoted(duration_text(config.subscription_longest_pause))},
      {"subscriptions.giveUpAfter", quoted(duration_text(config.subscription_give_up_after))},
      {"alarms.stuckAfter", quoted(duration_text(config.stuck_after))},
      {"updates.requireVersion", boolean(config.updates_require_version)},
      {"audit.reads", boolean(config.audit_reads)}};
  settings.insert(settings.end(), more.begin(), more.end());
  if (config.allowed_spaces) settings.emplace_back("spaces.allowed", list_text(*config.allowed_spaces, quoted));
  settings.emplace_back("callbacks.attempts", std::to_string(config.callback_pauses.size() + 1));
  settings.emplace_back("callbacks.pauses",
                        list_text(config.callback_pauses, [](Duration pause) { return quoted(duration_text(pause)); }));
  settings.emplace_back("callbacks.allowedNetworks", list_text(config.callback_networks, quoted));
  return settings;
}

std::string config_toml(const Config& config) {
  std::string out;
  for (const auto& [key, value] : settings_of(config)) out += key + " = " + value + "\n";
  if (!config.callback_secret.empty()) out += "# callbacks.signingSecret is set, and not shown\n";
  if (config.index && !config.index->access.password.empty()) out += "# index.password is set, and not shown\n";
  if (config.index && !config.index->access.api_key.empty()) out += "# index.apiKey is set, and not shown\n";
  for (const auto& [prefix, space] : config.reserved_spaces) {
    out += "\n[[spaces.reserved]]\nprefix = " + quoted(prefix) + "\nspace = " + quoted(space) + "\n";
  }
  for (const ProfileSetting& profile : config.profiles) {
    out += "\n[[spaces.profiles]]\nspace = " + quoted(profile.space) + "\nfile = " + quoted(profile.path) + "\n";
  }
  for (const LocationSetting& location : config.locations) out += location_toml(location);
  for (const transfers::Prefix& prefix : config.transfers.walk.prefixes) out += prefix_toml(prefix);
  for (const TransferAreaSetting& area : config.transfers.areas) out += transfer_area_toml(area);
  for (const AreaSetting& area : config.areas) {
    out += std::string("\n[[") + (area.writable ? "uploads" : "sources") + "]]\nname = " + quoted(area.name.str()) +
           "\npath = " + quoted(area.path) + "\n";
    if (area.writable) out += "keep = " + quoted(duration_text(area.keep)) + "\n";
  }
  for (const SinkSetting& sink : config.sinks) out += sink_toml(sink);
  for (const SourceSetting& source : config.sources) {
    out += "\n[[sources]]" + cloud_toml(source.provider, source.bucket, source.cloud) + "\n";
  }
  return out;
}

}  // namespace strongroom::cli

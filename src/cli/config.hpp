// The configuration of the service: every setting with its default, and all problems of a file at once.
//
// Without a file the service is embedded: SQLite and three directories below the data directory. A Config that was
// loaded has been checked; it is a plain value, made once at start.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/host/log_line.hpp"
#include "adapters/web/client/bulk_api.hpp"
#include "base/limits.hpp"
#include "cli/cloud_setting.hpp"
#include "cli/config_values.hpp"
#include "cli/transfer_settings.hpp"
#include "domain/location.hpp"

namespace strongroom::cli {

struct LocationSetting {
  LocationFacts facts;  ///< its uuid is read from the location itself
  std::string path;     ///< absolute directory; empty at a provider
  CloudSetting cloud;   ///< unused for a directory

  [[nodiscard]] bool is_directory() const { return facts.provider == Provider::filesystem; }
  /// Two locations with the same one are one.
  [[nodiscard]] std::string place() const;
};

/// A bucket or container that packages are read from.
struct SourceSetting {
  Provider provider = Provider::amazon_s3;
  std::string bucket;  ///< `*` for any
  CloudSetting cloud;
};

/// A directory that packages are read from.
struct AreaSetting {
  LocationName name;
  std::string path;                            ///< absolute directory
  bool writable = false;                       ///< takes uploads over HTTP
  Duration keep = std::chrono::hours(24 * 7);  ///< how long an upload stays when its ingest has succeeded
};

/// The search server outside that is kept up to date.
struct IndexSetting {
  web::BulkApiAccess access;
  std::string prefix = "storage";  ///< of the indexes' names
};

/// The table of DynamoDB that versions are indexed in beside the catalogue.
struct VersionIndexSetting {
  std::string table;
  CloudSetting cloud;
};

/// The bucket of S3 that gives long answers instead of the service.
struct LargeResponsesSetting {
  std::uint64_t redirect_above = 0;  ///< bytes of an answer that is still sent from here
  std::string bucket;
  std::string prefix;  ///< empty, or ending in a slash
  CloudSetting cloud;
};

/// A topic that outgoing events are published to.
struct SinkSetting {
  std::string name;
  std::string topic;  ///< ARN
  std::vector<std::string> kinds = {"registered-bag"};
  std::vector<std::string> spaces{};  ///< empty: of all
  CloudSetting cloud;                 ///< its region is the topic's
};

/// Where those who build on born-digital bags are told of new ones.
enum class NotifySink : std::uint8_t {
  file,     ///< a directory
  sns,      ///< a topic of SNS
  webhook,  ///< a URL
  none,     ///< nowhere
};
[[nodiscard]] std::string_view name_of(NotifySink sink);

struct NotifySetting {
  NotifySink sink = NotifySink::file;
  std::vector<std::string> spaces = {"born-digital"};
  bool reindex = false;     ///< events that repeat a registration are told, too
  std::string directory{};  ///< of `file`; empty: below the data directory
  std::string topic{};      ///< of `sns`: ARN
  CloudSetting cloud{};     ///< how it is reached
  std::string url_file{};   ///< of `webhook`: a file with its URL, which may be a secret
  std::string secret_file{};
};

/// Companions that the service may run itself.
inline constexpr std::string_view kNotifyService = "notify";
inline constexpr std::string_view kWatchService = "watch";
inline constexpr std::string_view kMonitorService = "monitor";

/// A BagIt profile that the bags of a space must follow.
struct ProfileSetting {
  std::string space;
  std::string path;  ///< absolute file
};

struct Config {
  std::string data;  ///< absolute directory: catalogue, records, working storage
  ListenAddress listen;
  std::string base_path = "/storage/v1";
  std::string public_base_url;  ///< `{base}` of http-api.md 1.1
  bool behind_proxy = false;    ///< a proxy speaks TLS
  std::string tls_certificate;  ///< absolute file; empty for HTTP in clear
  std::string tls_key;          ///< absolute file; given if and only if the certificate is
  std::uint64_t connections_max = 16384;
  std::size_t uri_max = limits::kHttpUriMax;
  std::uint64_t body_max = limits::kHttpBodyMax;
  std::chrono::seconds token_life{3600};

  /// The embedded locations and areas, made at first start; otherwise what the file names, made by the operator.
  bool embedded_locations = true;
  bool embedded_area = true;
  std::vector<LocationSetting> locations;
  std::vector<AreaSetting> areas;
  std::vector<SourceSetting> sources;

  std::optional<std::vector<std::string>> allowed_spaces;
  std::vector<std::pair<std::string, std::string>> reserved_spaces = {{"archivematica-dev/TEST", "testing"}};
  std::vector<ProfileSetting> profiles;  ///< at most one for each space
  bool updates_require_version = false;
  bool audit_reads = false;

  std::size_t bags_at_once = 4;
  std::size_t threads = 0;  ///< for work inside bags; when 0 as many as there are cores, and enough to keep a disk busy
  std::size_t dry_runs_at_once = 1;
  std::uint64_t min_free = limits::kMinFree;
  Duration retry_time_limit = std::chrono::hours(24);
  Duration retry_event_interval = std::chrono::minutes(15);
  Duration lease_heartbeat = std::chrono::seconds(10);
  Duration lease_expiry = std::chrono::seconds(60);
  std::uint64_t unpack_entries = limits::kArchiveEntriesMax;
  std::uint64_t unpack_bytes = limits::kArchiveBytesMax;
  std::uint64_t unpack_file = limits::kArchiveFileMax;
  std::uint64_t unpack_ratio = limits::kArchiveRatioMax;

  Duration keys_kept = std::chrono::hours(24 * 90);     ///< idempotency keys
  Duration updates_kept = std::chrono::hours(24 * 90);  ///< `ingest-update` events
  Duration subscription_first_pause = std::chrono::seconds(15);
  Duration subscription_longest_pause = std::chrono::hours(1);
  Duration subscription_give_up_after = std::chrono::hours(72);
  std::uint64_t event_streams_max = limits::kEventStreamsMax;
  Duration stuck_after = std::chrono::hours(1);  ///< an unfinished ingest without news is warned of
  std::vector<SinkSetting> sinks;
  std::vector<std::string> services;  ///< companions that `serve` runs
  NotifySetting notify;
  TransferSettings transfers;
  std::optional<VersionIndexSetting> version_index;      ///< none unless it has a table
  std::optional<LargeResponsesSetting> large_responses;  ///< every answer is sent from here without it
  std::optional<IndexSetting> index;                     ///< none unless it has a URL
  std::optional<ListenAddress> metrics_address;          ///< where metrics are told without authentication

  std::vector<Duration> callback_pauses = {std::chrono::seconds(15), std::chrono::seconds(45),
                                           std::chrono::seconds(135), std::chrono::seconds(405)};
  std::vector<std::string> callback_networks;
  std::string callback_secret;

  host::LogFormat log_format = host::LogFormat::logfmt;
  LogLevel log_level = LogLevel::info;

  [[nodiscard]] std::string catalogue_file() const { return data + "/catalogue.sqlite"; }
  [[nodiscard]] std::string search_file() const { return data + "/search.sqlite"; }
  [[nodiscard]] std::string records_directory() const { return data + "/records"; }
  [[nodiscard]] std::string working_directory() const { return data + "/working"; }
  [[nodiscard]] std::string dry_runs_directory() const { return data + "/dry-runs"; }
  [[nodiscard]] std::string notify_directory() const {
    return notify.directory.empty() ? data + "/notify" : notify.directory;
  }
  [[nodiscard]] std::string reports_directory() const { return data + "/reports"; }
  /// Whether `serve` runs this companion.
  [[nodiscard]] bool runs(std::string_view service) const;
};

/// Something in a configuration that cannot be.
struct ConfigProblem {
  std::string place;  ///< `strongroom.toml:12`, or `--listen`
  std::string key;    ///< `retry.timeLimit`, `locations[2].path`; may be empty
  std::string value;  ///< as written; may be empty
  std::string rule;   ///< what is allowed

  /// `strongroom.toml:12: retry.timeLimit = "soon": must be …`
  [[nodiscard]] std::string text() const;
};
using ConfigProblems = std::vector<ConfigProblem>;

/// What the command line adds; it goes before the file.
struct ConfigArguments {
  std::optional<std::string> file;
  std::optional<std::string> data;
  std::optional<std::string> listen;
};

/// The checked configuration, or everything that is wrong with it. Reads the file, touches nothing else.
[[nodiscard]] std::variant<Config, ConfigProblems> load_config(const ConfigArguments& arguments);

/// The same for a file's text. `file` is its name in problems; relative paths are taken from its directory.
[[nodiscard]] std::variant<Config, ConfigProblems> parse_config(const std::string& text, const std::string& file,
                                                                const ConfigArguments& arguments);

}  // namespace strongroom::cli

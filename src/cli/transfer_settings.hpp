// The settings of the companions that watch and report on packages for Archivematica (transfers.md 1.2).
//
// Plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/cloud/secret.hpp"
#include "base/instant.hpp"
#include "cli/cloud_setting.hpp"
#include "transfers/schedule.hpp"
#include "transfers/walk_settings.hpp"

namespace strongroom::cli {

/// One place where archivists put packages: a bucket of S3, or a directory.
struct TransferAreaSetting {
  std::string name;
  std::string bucket;              ///< empty for a directory
  std::string root;                ///< absolute directory; empty for a bucket
  CloudSetting cloud;              ///< how bucket and queue are reached
  std::string queue_url;           ///< of SQS; empty for none
  std::string archivematica_path;  ///< how Archivematica's Storage Service sees the directory
  Duration sweep_every = std::chrono::hours(1);
  Duration sweep_grace = std::chrono::minutes(15);
  transfers::Adopt adopt = transfers::Adopt::hold;
  transfers::OtherCaseZip other_case_zip = transfers::OtherCaseZip::twin;

  [[nodiscard]] bool is_directory() const { return bucket.empty(); }
  /// What events and idempotency keys call it: the bucket, or the name of a directory's area.
  [[nodiscard]] const std::string& bucket_name() const { return is_directory() ? name : bucket; }
};

/// One of Archivematica's two services; not configured without a URL.
struct ArchivematicaServiceSetting {
  std::string url;
  std::string user;
  cloud::SecretPlace key;
};

/// Where the monitor's reports go.
enum class ReportSink : std::uint8_t {
  slack,   ///< the webhook
  file,    ///< a directory
  console  ///< standard output
};
[[nodiscard]] std::string_view name_of(ReportSink sink);

struct MonitorSetting {
  std::string schedule = "15 6 * * 1";  ///< has been checked
  ReportSink sink = ReportSink::file;
  cloud::SecretPlace webhook;  ///< of Slack
  bool remove = true;          ///< what is safely stored
  bool leaves_marker = false;  ///< instead of removing the version itself
  std::string channel_name;    ///< for people only
};

struct TransferSettings {
  std::string environment = "prod";
  std::vector<TransferAreaSetting> areas;
  bool embedded_area = true;  ///< made at first start; otherwise as the file names them
  transfers::WalkSettings walk;
  std::optional<transfers::OtherCaseZip> other_case_zip;  ///< of all areas; otherwise as each kind has it
  Duration overdue_after = std::chrono::hours(48);
  ArchivematicaServiceSetting dashboard;
  ArchivematicaServiceSetting storage_service;
  MonitorSetting monitor;
  cloud::SecretPlace alerts_webhook;
};

}  // namespace strongroom::cli

// How a bucket or container at a provider is reached, as the configuration has it.
//
// A plain value; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/limits.hpp"
#include "domain/location.hpp"

namespace strongroom::cli {

/// How a bucket or container at a provider is reached, and how objects are written there.
struct CloudSetting {
  std::string endpoint;               ///< empty for the provider's own
  std::string region;                 ///< of S3
  std::string account;                ///< of Azure
  bool by_host = false;               ///< S3: the bucket's name stands in front of the host's, not in the path
  std::string credentials_file;       ///< empty: what the machine offers
  std::string profile;                ///< S3: section of that file
  std::string ca_file;                ///< empty: the system's authorities
  std::string storage_class;          ///< S3: of new objects; empty for the bucket's own
  bool has_access_tier = false;       ///< Azure: new blobs are written in the location's tier
  bool looks_before_writing = false;  ///< S3: the store knows no create-only condition
  std::uint64_t part_size = 16 * limits::kMiB;
  std::uint64_t requests_per_second = 0;  ///< no limit when 0
  std::string archive_to;                 ///< class or tier that registered versions are moved to; empty for none
  bool archives_by_copy = false;          ///< S3: by a copy onto itself instead of a tag
  std::string archive_credentials_file;   ///< S3: of the copy; empty: as all else
  std::string archive_profile;
  std::uint64_t restore_days = 7;         ///< for so long files of a restore are to be readable
  std::string restore_tier = "standard";  ///< S3: how soon they are to be: `bulk`, `standard`, `expedited`
  bool restores_first = false;            ///< Azure: before those of others

  /// The URL that names a bucket or container there, without a slash at its end.
  [[nodiscard]] std::string url_of(Provider provider, const std::string& bucket) const;
};

}  // namespace strongroom::cli

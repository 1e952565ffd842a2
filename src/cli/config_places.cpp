#include "cli/config_places.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "domain/fetch_url.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNameRule = "must be 1 to 64 of a-z, 0-9 and -, beginning with a letter or digit";
constexpr const char* kPathRule = "must be the path of a directory";
constexpr const char* kFileRule = "must be the path of a file";
constexpr const char* kProviderRule = "must be \"filesystem\", \"amazon-s3\" or \"azure-blob-storage\"";
constexpr const char* kUnnamed = "unnamed";

/// A location of which only the name is known yet.
LocationFacts facts_of(const LocationName& name) {
  return LocationFacts{name,       name.str(), "", Provider::filesystem, LocationRole::replica,
                       name.str(), "",         "", AccessTier::hot,      true};
}

bool is_one_line(const std::string& text) { return !text.empty() && is_utf8(text) && !has_control_characters(text); }

bool is_key_prefix(const std::string& text) {
  return text.empty() ||
         (text.back() == '/' && source_path_fault(Provider::filesystem, text.substr(0, text.size() - 1)).empty());
}

/// What readers are told of objects in a storage class of S3; other stores' own classes count as hot.
AccessTier tier_of_class(const std::string& storage_class) {
  if (storage_class == "STANDARD_IA" || storage_class == "ONEZONE_IA") return AccessTier::cool;
  if (storage_class == "GLACIER_IR") return AccessTier::cold;
  return AccessTier::hot;
}

/// Keys that only a provider's places have.
const std::vector<std::string>& keys_of(Provider provider) {
  static const std::vector<std::string> kDirectory = {"path"};
  static const std::vector<std::string> kS3 = {"bucket",         "region",       "addressing",
                                               "profile",        "storageClass", "createOnly",
                                               "partSize",       "archiveBy",    "archiveCredentialsFile",
                                               "archiveProfile", "restoreTier"};
  static const std::vector<std::string> kAzure = {"container", "account", "accessTier", "restorePriority"};
  if (provider == Provider::filesystem) return kDirectory;
  return provider == Provider::amazon_s3 ? kS3 : kAzure;
}

void refuse_key(TomlSection& section, const std::string& key, Provider provider) {
  section.take(key, "is not for provider \"" + std::string(name_of(provider)) + "\"",
               [](const TomlValue&) { return false; });
}

void refuse_keys_of_others(TomlSection& section, Provider provider) {
  for (const Provider other : {Provider::filesystem, Provider::amazon_s3, Provider::azure_blob_storage}) {
    if (other == provider) continue;
    for (const std::string& key : keys_of(other)) {
      refuse_key(section, key, provider);
    }
  }
  if (provider != Provider::filesystem) return;
  for (const char* key :
       {"endpoint", "credentialsFile", "caFile", "archiveTo", "restoreDays", "requestsAtOnce", "requestsPerSecond"})
    refuse_key(section, key, provider);
}

class PlacesReader {
 public:
  PlacesReader(const fs::path& directory, Config& config) : directory_(directory), config_(config) {}

  void read_locations(TomlSection& root) {
    std::set<std::string> names;
    std::set<std::string> labels;
    std::set<std::string> places;
    config_.embedded_locations = !root.has("locations");
    for (TomlSection& section : root.sections("locations")) {
      const LocationSetting location = read_location(section);
      if (section.has("name") && !names.insert(location.facts.name.str()).second) {
        section.refuse("name", "is the name of another location");
      }
      if (!labels.insert(location.facts.label).second) section.refuse("label", "is the label of another location");
      if (!places.insert(location.place()).second) {
        const char* key = location.is_directory() ? "path" : keys_of(location.facts.provider).front().c_str();
        section.refuse(key, "is the place of another location");
      }
      config_.locations.push_back(location);
    }
    check_spaces(root);
  }

  void read_areas(TomlSection& root, const std::string& key, bool writable) {
    if (writable) config_.embedded_area = !root.has(key);
    for (TomlSection& section : root.sections(key)) {
      if (!writable && read_provider(section) != Provider::filesystem) {
        read_source(section);
        continue;
      }
      std::optional<LocationName> name;
      std::string path;
      section.take_text("name", kNameRule, [&](const std::string& text) {
        name = LocationName::parse(text);
        return name.has_value();
      });
      if (writable) {
        section.take_text("provider", "must be \"filesystem\"",
                          [](const std::string& text) { return text == name_of(Provider::filesystem); });
      }
      section.take_text("path", kPathRule, [&](const std::string& text) { return path_from(text, directory_, path); });
      AreaSetting area{*LocationName::parse(kUnnamed), path, writable};
      if (writable) section.take_duration("keep", "1min", "36500d", area.keep);
      require_keys(section, {"name", "path"});
      section.refuse_others();
      if (!name) continue;
      area.name = *name;
      if (std::ranges::any_of(config_.areas, [&](const AreaSetting& other) { return other.name == *name; })) {
        section.refuse("name", "is the name of another upload area or source");
      }
      config_.areas.push_back(std::move(area));
    }
  }

 private:
  /// Wherever bags of a space are kept, one location is the primary one, and one keeps them readable: updates and
  /// readers need them.
  void check_spaces(TomlSection& root) const {
    if (config_.locations.empty()) return;
    std::set<std::string> spaces;
    for (const LocationSetting& location : config_.locations) {
      spaces.insert(location.facts.spaces.begin(), location.facts.spaces.end());
    }
    const bool has_others =
        !config_.allowed_spaces ||
        std::ranges::any_of(*config_.allowed_spaces, [&](const auto& one) { return !spaces.contains(one); });
    // Not the name of a space: stands for all that no location names.
    if (has_others) spaces.insert("");
    for (const std::string& space : spaces) {
      const auto primaries = std::ranges::count_if(config_.locations, [&](const LocationSetting& location) {
        return location.facts.serves(space) && location.facts.role == LocationRole::primary;
      });
      const std::string bags = spaces.size() == 1 ? ""
                               : space.empty()    ? " for all other spaces"
                                                  : " for space " + space;
      const bool readable = std::ranges::any_of(config_.locations, [&](const LocationSetting& location) {
        return location.facts.serves(space) && !location.facts.archives;
      });
      if (primaries != 1) {
        root.refuse("locations", primaries == 0 ? "one location must have role = \"primary\"" + bags
                                                : "only one location can have role = \"primary\"" + bags);
      } else if (!readable) {
        root.refuse("locations", "one location must be without archiveTo" + bags + ": bags must stay readable");
      }
    }
  }

  Provider read_provider(TomlSection& section) {
    Provider provider = Provider::filesystem;
    section.take_text("provider", kProviderRule, [&](const std::string& text) {
      const std::optional<Provider> named = parse_provider(text);
      provider = named.value_or(provider);
      return named && name_of(*named) == text;
    });
    return provider;
  }

  /// What reaches a bucket or container. Its name is in the key `bucket` or `container`; `any` allows `*`, too.
  void read_cloud(TomlSection& section, Provider provider, bool any, std::string& bucket, CloudSetting& cloud) {
    const bool is_s3 = provider == Provider::amazon_s3;
    section.take_text(is_s3 ? "bucket" : "container", "must be the name of a bucket or container",
                      [&](const std::string& text) {
                        bucket = text;
                        return (any && text == "*") || source_bucket_fault(text).empty();
                      });
    read_reach(section, directory_, cloud);
    if (is_s3) {
      read_s3_reach(section, bucket, cloud);
    } else {
      section.take_text("account", "must be 3 to 24 of a-z and 0-9", [&](const std::string& text) {
        cloud.account = text;
        return text.size() >= 3 && text.size() <= 24 &&
               std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
      });
      require_keys(section, {"account"});
    }
    require_keys(section, {is_s3 ? "bucket" : "container"});
    refuse_keys_of_others(section, provider);
  }

  void read_source(TomlSection& section) {
    SourceSetting source{read_provider(section), "", {}};
    read_cloud(section, source.provider, true, source.bucket, source.cloud);
    section.refuse_others();
    if (std::ranges::any_of(config_.sources, [&](const SourceSetting& other) {
          return other.provider == source.provider && other.bucket == source.bucket;
        })) {
      section.refuse(keys_of(source.provider).front(), "is another source already");
    }
    config_.sources.push_back(std::move(source));
  }

  static void read_fetching(TomlSection& section, LocationFacts& facts) {
    section.take("aliases", "must be a list of URLs such as \"s3://old-bucket/\", each ending in a slash",
                 [&](const TomlValue& value) {
                   if (!value.list) return false;
                   facts.fetch_aliases = *value.list;
                   return std::ranges::all_of(*value.list,
                                              [](const std::string& one) { return fetch_alias_fault(one).empty(); });
                 });
    section.take_text("verify", "must be \"full\" or \"server-checksum\"", [&](const std::string& text) {
      const std::optional<CopyCheck> check = parse_copy_check(text);
      facts.verify = check.value_or(facts.verify);
      return check.has_value();
    });
    section.take_text("verifyFetched", "must be \"presence\" or \"content\"", [&](const std::string& text) {
      const std::optional<FetchedCheck> check = parse_fetched_check(text);
      facts.verify_fetched = check.value_or(facts.verify_fetched);
      return check.has_value();
    });
  }

  /// How new objects are stored at a provider.
  static void read_storing(TomlSection& section, LocationSetting& location) {
    CloudSetting& cloud = location.cloud;
    std::uint64_t at_once = location.facts.requests_at_once;
    section.take_number("requestsAtOnce", 1, 256, at_once);
    location.facts.requests_at_once = at_once;
    section.take_number("requestsPerSecond", 1, 100'000, cloud.requests_per_second);
    if (location.facts.provider == Provider::amazon_s3) {
      section.take_text(
          "storageClass", "must be a storage class whose objects can be read at once, such as \"STANDARD_IA\"",
          [&](const std::string& text) {
            cloud.storage_class = text;
            location.facts.tier = tier_of_class(text);
            return is_one_line(text) && percent_encode(text, "") == text && text != "GLACIER" && text != "DEEP_ARCHIVE";
          });
      section.take_text("createOnly", "must be \"condition\" or \"look\"", [&](const std::string& text) {
        cloud.looks_before_writing = text == "look";
        return text == "look" || text == "condition";
      });
      section.take_size("partSize", "5MiB", "1GiB", cloud.part_size);
      return;
    }
    section.take_text("accessTier", "must be \"hot\", \"cool\" or \"cold\"", [&](const std::string& text) {
      const std::optional<AccessTier> tier = parse_access_tier(text);
      location.facts.tier = tier.value_or(location.facts.tier);
      cloud.has_access_tier = true;
      return tier && *tier != AccessTier::archive;
    });
  }

  /// Where registered versions are moved to, and how.
  void read_archiving(TomlSection& section, LocationSetting& location) {
    CloudSetting& cloud = location.cloud;
    const bool is_s3 = location.facts.provider == Provider::amazon_s3;
    section.take_text("archiveTo", is_s3 ? "must be \"GLACIER\" or \"DEEP_ARCHIVE\"" : "must be \"archive\"",
                      [&](const std::string& text) {
                        cloud.archive_to = text;
                        location.facts.archives = true;
                        return is_s3 ? text == "GLACIER" || text == "DEEP_ARCHIVE" : text == "archive";
                      });
    section.take_number("restoreDays", 1, 365, cloud.restore_days);
    if (is_s3) {
      read_s3_archiving(section, cloud);
    } else {
      section.take_text("restorePriority", "must be \"standard\" or \"high\"", [&](const std::string& text) {
        cloud.restores_first = text == "high";
        return text == "high" || text == "standard";
      });
    }
    for (const char* key :
         {"archiveBy", "archiveCredentialsFile", "archiveProfile", "restoreDays", "restoreTier", "restorePriority"}) {
      if (section.has(key) && !section.has("archiveTo")) section.refuse(key, "says nothing without archiveTo");
    }
  }

  void read_s3_archiving(TomlSection& section, CloudSetting& cloud) const {
    section.take_text("archiveBy", "must be \"tag\" or \"copy\"", [&](const std::string& text) {
      cloud.archives_by_copy = text == "copy";
      return text == "copy" || text == "tag";
    });
    section.take_text("archiveCredentialsFile", kFileRule, [&](const std::string& text) {
      return path_from(text, directory_, cloud.archive_credentials_file);
    });
    section.take_text("archiveProfile", "must be a section of the credentials file", [&](const std::string& text) {
      cloud.archive_profile = text;
      return is_one_line(text);
    });
    section.take_text("restoreTier", "must be \"bulk\", \"standard\" or \"expedited\"", [&](const std::string& text) {
      cloud.restore_tier = text;
      return text == "bulk" || text == "standard" || (text == "expedited" && cloud.archive_to != "DEEP_ARCHIVE");
    });
  }

  void read_where(TomlSection& section, LocationSetting& location) {
    LocationFacts& facts = location.facts;
    if (facts.provider == Provider::filesystem) {
      section.take_text("path", kPathRule,
                        [&](const std::string& text) { return path_from(text, directory_, location.path); });
      facts.url = "file://" + percent_encode(location.path, "/");
      require_keys(section, {"path"});
      refuse_keys_of_others(section, facts.provider);
      section.take_text("tier", "must be \"hot\", \"cool\", \"cold\" or \"archive\"", [&](const std::string& text) {
        const std::optional<AccessTier> tier = parse_access_tier(text);
        facts.tier = tier.value_or(facts.tier);
        return tier.has_value();
      });
      return;
    }
    facts.staged = false;
    read_cloud(section, facts.provider, false, facts.bucket, location.cloud);
    read_storing(section, location);
    read_archiving(section, location);
    facts.url = location.cloud.url_of(facts.provider, facts.bucket);
  }

  LocationSetting read_location(TomlSection& section) {
    std::optional<LocationName> name;
    section.take_text("name", kNameRule, [&](const std::string& text) {
      name = LocationName::parse(text);
      return name.has_value();
    });
    LocationSetting location{facts_of(name.value_or(*LocationName::parse(kUnnamed))), "", {}};
    LocationFacts& facts = location.facts;
    section.take_text("label", "must be 1 to 64 characters on one line", [&](const std::string& text) {
      facts.label = text;
      return is_one_line(text) && count_characters(text) <= 64;
    });
    facts.provider = read_provider(section);
    section.take_text("role", "must be \"primary\" or \"replica\"", [&](const std::string& text) {
      facts.role = text == name_of(LocationRole::primary) ? LocationRole::primary : LocationRole::replica;
      return text == name_of(LocationRole::primary) || text == name_of(LocationRole::replica);
    });
    read_prefix(section, facts.prefix);
    read_where(section, location);
    section.take_text("url", "must be a URL without a slash at its end", [&](const std::string& text) {
      facts.url = text;
      return is_base_url(text) || (text.starts_with("file:///") && text.back() != '/');
    });
    section.take("spaces", "must be a list of spaces", [&](const TomlValue& value) {
      facts.spaces = value.list.value_or(std::vector<std::string>());
      return !facts.spaces.empty() &&
             std::ranges::all_of(facts.spaces, [](const std::string& one) { return Space::parse(one).has_value(); });
    });
    read_fetching(section, facts);
    require_keys(section, {"name"});
    section.refuse_others();
    return location;
  }

  const fs::path& directory_;
  Config& config_;
};

}  // namespace

std::string LocationSetting::place() const {
  return std::string(name_of(facts.provider)) + "|" + path + "|" + cloud.endpoint + "|" + cloud.account + "|" +
         (is_directory() ? "" : facts.bucket) + "/" + facts.prefix;
}

std::string CloudSetting::url_of(Provider provider, const std::string& bucket) const {
  if (provider == Provider::azure_blob_storage) {
    return (endpoint.empty() ? "https://" + account + ".blob.core.windows.net" : endpoint) + "/" + bucket;
  }
  const std::string base = endpoint.empty() ? "https://s3." + region + ".amazonaws.com" : endpoint;
  if (!by_host) return base + "/" + bucket;
  const std::size_t host = base.find("://") + 3;
  return base.substr(0, host) + bucket + "." + base.substr(host);
}

std::string absolute_path(const std::string& path, const fs::path& from) {
  std::string text = (from / path).lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

bool path_from(const std::string& text, const fs::path& directory, std::string& into) {
  if (text.empty() || !is_utf8(text) || has_control_characters(text)) return false;
  into = absolute_path(text, directory);
  return true;
}

void read_reach(TomlSection& section, const fs::path& directory, CloudSetting& cloud) {
  section.take_text("endpoint", "must be an http or https URL without query and without a slash at its end",
                    [&](const std::string& text) {
                      cloud.endpoint = text;
                      return is_base_url(text);
                    });
  const auto take_file = [&](const char* key, std::string& into) {
    section.take_text(key, kFileRule, [&](const std::string& text) { return path_from(text, directory, into); });
  };
  take_file("credentialsFile", cloud.credentials_file);
  take_file("caFile", cloud.ca_file);
}

void read_s3_reach(TomlSection& section, const std::string& bucket, CloudSetting& cloud) {
  // A name with dots fits no certificate for names in front of the host.
  cloud.by_host = cloud.endpoint.empty() && bucket.find('.') == std::string::npos;
  section.take_text("region", "must be a region such as \"eu-west-1\"", [&](const std::string& text) {
    cloud.region = text;
    return is_one_line(text) && percent_encode(text, "") == text;
  });
  section.take_text("addressing", "must be \"path\" or \"host\"", [&](const std::string& text) {
    cloud.by_host = text == "host";
    return text == "host" || text == "path";
  });
  section.take_text("profile", "must be a section of the credentials file", [&](const std::string& text) {
    cloud.profile = text;
    return is_one_line(text);
  });
  if (cloud.region.empty() && cloud.endpoint.empty()) {
    section.refuse("region", "is required, unless there is an endpoint");
  }
  if (cloud.region.empty()) cloud.region = "us-east-1";
}

void read_prefix(TomlSection& section, std::string& prefix) {
  section.take_text("prefix", "must be empty, or path components that each end in a slash",
                    [&](const std::string& text) {
                      prefix = text;
                      return is_key_prefix(text);
                    });
}

void require_keys(TomlSection& section, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    if (!section.has(key)) section.refuse(key, "is required");
  }
}

void read_places(TomlSection& root, const fs::path& directory, Config& config) {
  PlacesReader reader(directory, config);
  reader.read_locations(root);
  reader.read_areas(root, "uploads", true);
  reader.read_areas(root, "sources", false);
}

void add_embedded_places(Config& config) {
  if (config.embedded_area) config.areas.push_back({*LocationName::parse("uploads"), config.data + "/uploads", true});
  if (!config.embedded_locations) return;
  const std::vector<std::pair<std::string, std::string>> wanted = {
      {"primary", "primary location"}, {"replica-1", "replica-1"}, {"replica-2", "replica-2"}};
  for (const auto& [name, label] : wanted) {
    const std::string path = config.data + "/locations/" + name;
    LocationFacts facts = facts_of(*LocationName::parse(name));
    facts.label = label;
    facts.role = config.locations.empty() ? LocationRole::primary : LocationRole::replica;
    facts.url = "file://" + percent_encode(path, "/");
    config.locations.push_back({facts, path, {}});
  }
}

}  // namespace strongroom::cli

#include "cli/config_aws.hpp"

#include <algorithm>

#include "adapters/messages/aws/sns_topic.hpp"
#include "base/text.hpp"
#include "cli/config_places.hpp"
#include "domain/event_kinds.hpp"

namespace strongroom::cli {
namespace {

class Reader {
 public:
  Reader(const std::filesystem::path& directory, Config& config) : directory_(directory), config_(config) {}

  void read_version_index(TomlSection& section) {
    VersionIndexSetting index;
    section.take_text("table", "must be 3 to 255 of a-z, A-Z, 0-9, _, - and .", [&](const std::string& text) {
      index.table = text;
      return text.size() >= 3 && text.size() <= 255 && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                      c == '-' || c == '.';
             });
    });
    section.take_text("region", "must be a region such as \"eu-west-1\"", [&](const std::string& text) {
      index.cloud.region = text;
      return !text.empty() && percent_encode(text, "") == text;
    });
    read_access(section, index.cloud);
    for (const char* key : {"region", "endpoint", "credentialsFile", "caFile", "profile"}) {
      if (section.has(key) && !section.has("table")) section.refuse(key, "says nothing without versionIndex.table");
    }
    if (section.has("table") && index.cloud.region.empty()) section.refuse("region", "is required");
    section.refuse_others();
    if (!index.table.empty()) config_.version_index = std::move(index);
  }

  void read_large_responses(TomlSection& section) {
    LargeResponsesSetting setting;
    section.take_size("redirectAbove", "1KiB", "1TiB", setting.redirect_above);
    if (!section.has("redirectAbove")) {
      for (const char* key :
           {"bucket", "prefix", "endpoint", "region", "addressing", "credentialsFile", "profile", "caFile"}) {
        section.take(key, "says nothing without largeResponses.redirectAbove", [](const TomlValue&) { return false; });
      }
      return section.refuse_others();
    }
    section.take_text("bucket", "must be the name of a bucket", [&](const std::string& text) {
      setting.bucket = text;
      return source_bucket_fault(text).empty();
    });
    read_prefix(section, setting.prefix);
    read_reach(section, directory_, setting.cloud);
    read_s3_reach(section, setting.bucket, setting.cloud);
    require_keys(section, {"bucket"});
    if (is_taken(setting)) {
      section.refuse("bucket", "is that of a location or a source, and what lies here is removed after days");
    }
    if (speaks_tls() && setting.cloud.endpoint.starts_with("http://")) {
      section.refuse("endpoint", "must be an https URL, as publicBaseUrl is: readers are sent there");
    }
    section.refuse_others();
    config_.large_responses = std::move(setting);
  }

  void read_sink(TomlSection& section) {
    SinkSetting sink;
    section.take_text("name", "must be 1 to 64 of a-z, 0-9 and -, beginning with a letter or digit",
                      [&](const std::string& text) {
                        sink.name = text;
                        return LocationName::parse(text).has_value();
                      });
    section.take_text("topic", "must be a topic of SNS such as \"arn:aws:sns:eu-west-1:123456789012:bags\"",
                      [&](const std::string& text) {
                        sink.topic = text;
                        const auto region = messages::aws::region_of_topic(text);
                        sink.cloud.region = region.value_or("");
                        return region.has_value() && is_utf8(text) && !has_control_characters(text);
                      });
    read_access(section, sink.cloud);
    read_filter(section, sink);
    require_keys(section, {"name", "topic"});
    section.refuse_others();
    const auto is_taken = [&](const SinkSetting& other) { return other.name == sink.name; };
    if (std::ranges::any_of(config_.sinks, is_taken)) section.refuse("name", "is the name of another sink");
    const auto is_served = [&](const SinkSetting& other) { return other.topic == sink.topic; };
    if (std::ranges::any_of(config_.sinks, is_served)) section.refuse("topic", "is the topic of another sink");
    config_.sinks.push_back(std::move(sink));
  }

 private:
  /// Whether something else is kept in the bucket. The names of AWS are the same in all regions.
  [[nodiscard]] bool is_taken(const LargeResponsesSetting& setting) const {
    const auto is_same = [&](Provider provider, const std::string& bucket, const CloudSetting& cloud) {
      return provider == Provider::amazon_s3 && bucket == setting.bucket && cloud.endpoint == setting.cloud.endpoint;
    };
    return std::ranges::any_of(config_.locations,
                               [&](const LocationSetting& location) {
                                 return is_same(location.facts.provider, location.facts.bucket, location.cloud);
                               }) ||
           std::ranges::any_of(config_.sources, [&](const SourceSetting& source) {
             return is_same(source.provider, source.bucket, source.cloud);
           });
  }

  /// Whether readers come over TLS; the address and the certificate have been read before.
  [[nodiscard]] bool speaks_tls() const {
    const std::string& base = config_.public_base_url;
    return base.empty() ? !config_.tls_certificate.empty() : base.starts_with("https://");
  }

  void read_access(TomlSection& section, CloudSetting& cloud) {
    read_reach(section, directory_, cloud);
    section.take_text("profile", "must be a section of the credentials file", [&](const std::string& text) {
      cloud.profile = text;
      return !text.empty() && is_utf8(text) && !has_control_characters(text);
    });
  }

  static void read_filter(TomlSection& section, SinkSetting& sink) {
    section.take("kinds",
                 "must be a list of \"registered-bag\", \"ingest-update\", \"bag-update\", \"transfer-update\", "
                 "\"operator-alert\"",
                 [&](const TomlValue& value) {
                   sink.kinds = value.list.value_or(std::vector<std::string>());
                   return !sink.kinds.empty() && std::ranges::all_of(sink.kinds, [](const std::string& one) {
                     return std::ranges::find(kEventKinds, one) != kEventKinds.end();
                   });
                 });
    section.take("spaces", "must be a list of spaces", [&](const TomlValue& value) {
      sink.spaces = value.list.value_or(std::vector<std::string>());
      return !sink.spaces.empty() &&
             std::ranges::all_of(sink.spaces, [](const std::string& one) { return Space::parse(one).has_value(); });
    });
  }

  const std::filesystem::path& directory_;
  Config& config_;
};

}  // namespace

void read_aws_services(TomlSection& root, const std::filesystem::path& directory, Config& config) {
  Reader reader(directory, config);
  for (TomlSection& section : root.sections("sinks")) reader.read_sink(section);
  TomlSection index = root.section("versionIndex");
  reader.read_version_index(index);
  TomlSection large_responses = root.section("largeResponses");
  reader.read_large_responses(large_responses);
}

}  // namespace strongroom::cli

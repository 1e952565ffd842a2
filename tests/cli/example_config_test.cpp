// The configuration that the package installs: accepted as it is, and with everything in it that is commented out.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "cli/config.hpp"

namespace strongroom::cli {
namespace {

std::string shipped() {
  std::ifstream file(STRONGROOM_SOURCE_DIR "/deploy/strongroom.toml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Config accepted(const std::string& text) {
  auto outcome = parse_config(text, "/etc/strongroom/strongroom.toml", {});
  if (const auto* problems = std::get_if<ConfigProblems>(&outcome)) {
    for (const ConfigProblem& problem : *problems) ADD_FAILURE() << problem.text();
    return {};
  }
  return std::get<Config>(outcome);
}

TEST(ExampleConfigTest, IsAcceptedAndKeepsTheDefaults) {
  const Config config = accepted(shipped());
  const Config plain = accepted("data = \"/var/lib/strongroom\"");
  EXPECT_EQ(config.data, "/var/lib/strongroom");
  EXPECT_EQ(config.listen.text(), plain.listen.text());
  EXPECT_EQ(config.public_base_url, plain.public_base_url);
  EXPECT_TRUE(config.embedded_locations);
  EXPECT_EQ(config.areas.size(), plain.areas.size());
  EXPECT_EQ(config.reserved_spaces, plain.reserved_spaces);
}

TEST(ExampleConfigTest, IsAcceptedWithEverythingUncommented) {
  // A key or a table right behind the sign; prose has a blank there.
  const std::regex commented("(^|\n)#(?=[a-zA-Z\\[])");
  const std::string everything = std::regex_replace(shipped(), commented, "$1");
  ASSERT_NE(everything, shipped());
  const Config config = accepted(everything);
  const Config plain = accepted("data = \"/var/lib/strongroom\"");
  ASSERT_EQ(config.locations.size(), 6U);
  EXPECT_EQ(config.sources.size(), 1U);
  EXPECT_EQ(config.locations[1].path, "/mnt/disk-b/bags");
  EXPECT_EQ(config.areas.size(), 2U);
  EXPECT_TRUE(config.behind_proxy);
  EXPECT_EQ(config.public_base_url, "https://archive.example.org/storage/v1");
  EXPECT_EQ(config.callback_networks.size(), 1U);
  EXPECT_TRUE(config.large_responses);
  // What is shown as a default is one.
  EXPECT_EQ(config.base_path, plain.base_path);
  EXPECT_EQ(config.uri_max, plain.uri_max);
  EXPECT_EQ(config.body_max, plain.body_max);
  EXPECT_EQ(config.token_life, plain.token_life);
  EXPECT_EQ(config.log_format, plain.log_format);
  EXPECT_EQ(config.log_level, plain.log_level);
  EXPECT_EQ(config.reserved_spaces, plain.reserved_spaces);
  EXPECT_EQ(config.updates_require_version, plain.updates_require_version);
  EXPECT_EQ(config.audit_reads, plain.audit_reads);
  EXPECT_EQ(config.bags_at_once, plain.bags_at_once);
  EXPECT_EQ(config.min_free, plain.min_free);
  EXPECT_EQ(config.retry_time_limit, plain.retry_time_limit);
  EXPECT_EQ(config.retry_event_interval, plain.retry_event_interval);
  EXPECT_EQ(config.lease_heartbeat, plain.lease_heartbeat);
  EXPECT_EQ(config.lease_expiry, plain.lease_expiry);
  EXPECT_EQ(config.unpack_entries, plain.unpack_entries);
  EXPECT_EQ(config.unpack_bytes, plain.unpack_bytes);
  EXPECT_EQ(config.unpack_file, plain.unpack_file);
  EXPECT_EQ(config.unpack_ratio, plain.unpack_ratio);
  EXPECT_EQ(config.callback_pauses, plain.callback_pauses);
}

}  // namespace
}  // namespace strongroom::cli

// Durations, sizes, addresses and guesses, by tables.
#include "cli/config_values.hpp"

#include <gtest/gtest.h>

namespace strongroom::cli {
namespace {

TEST(DurationTest, Table) {
  const std::pair<const char*, std::optional<std::int64_t>> cases[] = {
      {"0s", 0},
      {"15s", 15'000'000},
      {"500ms", 500'000},
      {"10min", 600'000'000},
      {"24h", 86'400'000'000},
      {"90d", 7'776'000'000'000},
      {"36525d", 3'155'760'000'000'000},
      {"36526d", std::nullopt},
      {"99999999999999999999s", std::nullopt},
      {"", std::nullopt},
      {"15", std::nullopt},
      {"s", std::nullopt},
      {"-1s", std::nullopt},
      {"1.5h", std::nullopt},
      {"15 s", std::nullopt},
      {"15S", std::nullopt},
      {"1h30min", std::nullopt},
  };
  for (const auto& [text, microseconds] : cases) {
    const std::optional<Duration> duration = parse_duration(text);
    ASSERT_EQ(duration.has_value(), microseconds.has_value()) << text;
    EXPECT_EQ(duration.value_or(Duration(0)).count(), microseconds.value_or(0)) << text;
  }
}

TEST(SizeTest, Table) {
  const std::pair<const char*, std::optional<std::uint64_t>> cases[] = {
      {"0", 0},
      {"1024", 1024},
      {"64KiB", 65536},
      {"1GiB", 1073741824},
      {"16TiB", 17592186044416},
      {"8388607TiB", 9223370937343148032ULL},
      {"8388608TiB", std::nullopt},
      {"1GB", std::nullopt},
      {"1 GiB", std::nullopt},
      {"-1", std::nullopt},
      {"GiB", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [text, bytes] : cases) EXPECT_EQ(parse_size(text), bytes) << text;
}

TEST(ListenTest, Table) {
  const std::pair<const char*, const char*> cases[] = {
      {"127.0.0.1:8080", "127.0.0.1:8080"},
      {"localhost:1", "127.0.0.1:1"},
      {"[::1]:65535", "[::1]:65535"},
      {"0.0.0.0:80", "0.0.0.0:80"},
      {"127.0.0.1", ""},
      {"127.0.0.1:", ""},
      {"127.0.0.1:0", ""},
      {"127.0.0.1:65536", ""},
      {"127.0.0.1:http", ""},
      {":8080", ""},
      {"::1:8080", ""},
      {"[127.0.0.1]:80", ""},
      {"[]:80", ""},
      {"archive.example.org:80", ""},
      {"256.0.0.1:80", ""},
      {"", ""},
  };
  for (const auto& [text, shown] : cases) {
    const std::optional<ListenAddress> address = parse_listen(text);
    EXPECT_EQ(address ? address->text() : "", shown) << text;
  }
}

TEST(BaseUrlTest, Table) {
  for (const char* good : {"http://127.0.0.1:8080", "https://archive.example.org/storage/v1", "http://[::1]:80/a"}) {
    EXPECT_TRUE(is_base_url(good)) << good;
  }
  for (const char* bad : {"", "http://", "https:///path", "ftp://a", "http://a/", "http://a?b", "http://a#b",
                          "http://a b", "http://user@a", "archive.example.org", "http://\xC3\xA9"}) {
    EXPECT_FALSE(is_base_url(bad)) << bad;
  }
}

TEST(NearestTest, Table) {
  const std::vector<std::string> known = {"timeLimit", "eventInterval", "name", "path"};
  const std::pair<const char*, const char*> cases[] = {
      {"timelimit", "timeLimit"},
      {"time_limit", "timeLimit"},
      {"eventInterva", "eventInterval"},
      {"nmae", "name"},
      {"paths", "path"},
      {"colour", ""},
      {"", ""},
  };
  for (const auto& [word, meant] : cases) EXPECT_EQ(nearest(word, known), meant) << word;
}

}  // namespace
}  // namespace strongroom::cli

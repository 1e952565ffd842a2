// Effective settings as text: what is printed, read again, means the same; secrets are not in it.
#include "cli/config_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strongroom::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Config parsed(const std::string& text) {
  auto result = parse_config(text, "/etc/x.toml", {});
  if (const auto* problems = std::get_if<ConfigProblems>(&result)) {
    for (const ConfigProblem& problem : *problems) ADD_FAILURE() << problem.text();
    return {};
  }
  return std::get<Config>(std::move(result));
}

TEST(ConfigTextTest, DurationsAndSizes) {
  const std::pair<Duration, const char*> durations[] = {{std::chrono::hours(24), "1d"},
                                                        {std::chrono::hours(25), "25h"},
                                                        {std::chrono::seconds(90), "90s"},
                                                        {std::chrono::minutes(2), "2min"},
                                                        {std::chrono::milliseconds(1500), "1500ms"}};
  for (const auto& [duration, text] : durations) {
    EXPECT_EQ(duration_text(duration), text);
    EXPECT_EQ(parse_duration(text), duration);
  }
  const std::pair<std::uint64_t, const char*> sizes[] = {
      {0, "0"}, {1000, "1000"}, {1024, "1KiB"}, {1536, "1536"}, {5ULL << 40, "5TiB"}, {2048ULL << 40, "2048TiB"}};
  for (const auto& [size, text] : sizes) {
    EXPECT_EQ(size_text(size), text);
    EXPECT_EQ(parse_size(text), size);
  }
}

TEST(ConfigTextTest, ReadAgainItMeansTheSame) {
  for (const char* text : {
           "data = \"/srv/a\"\n",
           "data = \"/srv/\\\"a\\\\\"\nlisten = \"[::1]:9000\"\nbasePath = \"\"\n[workers]\nbags = 3\nthreads = 5\n"
           "[spaces]\nallowed = [\"maps\", \"a:b\"]\n[[spaces.reserved]]\nprefix = \"T\"\nspace = \"t\"\n"
           "[callbacks]\npauses = [\"1s\"]\nallowedNetworks = [\"10.0.0.0/8\"]\n"
           "[http]\nbehindProxy = true\n[retry]\ntimeLimit = \"90s\"\n[log]\nlevel = \"debug\"\nformat = \"json\"\n"
           "[[locations]]\nname = \"one\"\npath = \"/mnt/1\"\nrole = \"primary\"\nprefix = \"a/\"\ntier = \"cool\"\n"
           "[[locations]]\nname = \"two\"\nlabel = \"the \\u00e9\"\npath = \"/mnt/2\"\n"
           "[[uploads]]\nname = \"in\"\npath = \"/srv/in\"\n[[sources]]\nname = \"src\"\npath = \"/srv/src\"\n",
       }) {
    const std::string printed = config_toml(parsed(text));
    EXPECT_EQ(config_toml(parsed(printed)), printed);
  }
}

TEST(ConfigTextTest, SecretsAreNotShown) {
  const std::string printed =
      config_toml(parsed("data = \"/srv/a\"\n[callbacks]\nsigningSecret = \"0123456789abcdef\"\n"));
  EXPECT_THAT(printed, Not(HasSubstr("0123456789abcdef")));
  EXPECT_THAT(printed, HasSubstr("# callbacks.signingSecret is set"));
}

}  // namespace
}  // namespace strongroom::cli

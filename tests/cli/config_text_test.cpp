// Effective settings as text: what is printed, read again, means the same; secrets are not in it.
#include "cli/config_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>

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
           "[[spaces.profiles]]\nspace = \"maps\"\nfile = \"/etc/maps.json\"\n"
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

// A key that is read but not printed would make `check config` tell half the truth.
TEST(ConfigTextTest, EveryKeyThatIsReadIsPrinted) {
  std::ifstream file(std::string(STRONGROOM_SOURCE_DIR) + "/src/cli/config.cpp");
  const std::string source{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  Config config = parsed(
      "data = \"/srv/a\"\nspaces.allowed = [\"a\"]\ncallbacks.signingSecret = \"0123456789abcdef\"\n"
      "spaces.profiles = [{space = \"a\", file = \"/p.json\"}]\n"
      "workers.threads = 1\nmetrics.address = \"127.0.0.1:9\"\n"
      "index.url = \"https://s\"\nindex.username = \"u\"\nindex.password = \"p\"\nindex.caFile = \"/c.pem\"\n");
  config.index->access.api_key = "k";
  config.tls_certificate = config.tls_key = "/x.pem";
  const std::string printed = config_toml(config);
  const std::regex taken("take[a-z_]*\\(\\s*\"(\\w+)\"");
  std::size_t keys = 0;
  for (auto it = std::sregex_iterator(source.begin(), source.end(), taken); it != std::sregex_iterator();
       ++it, ++keys) {
    const std::string key = (*it)[1].str();
    if (key == "provider") continue;  // there is one only
    EXPECT_TRUE(std::regex_search(printed, std::regex("(^|[\\n. ])" + key + " (=|is set)"))) << key;
  }
  EXPECT_GT(keys, 40U) << "the source was not found, or reads keys in another way";
}

TEST(ConfigTextTest, SecretsAreNotShown) {
  const std::string printed =
      config_toml(parsed("data = \"/srv/a\"\n[callbacks]\nsigningSecret = \"0123456789abcdef\"\n"));
  EXPECT_THAT(printed, Not(HasSubstr("0123456789abcdef")));
  EXPECT_THAT(printed, HasSubstr("# callbacks.signingSecret is set"));
  const std::string index =
      config_toml(parsed("data = \"/srv/a\"\n[index]\nurl = \"https://s\"\nusername = \"u\"\npassword = \"sesame\"\n"));
  EXPECT_THAT(index, Not(HasSubstr("sesame")));
  EXPECT_THAT(index, HasSubstr("index.username = \"u\""));
  EXPECT_THAT(index, HasSubstr("# index.password is set"));
}

}  // namespace
}  // namespace strongroom::cli

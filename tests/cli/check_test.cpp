// check config looks at places: missing, wrong, not themselves; and leaves everything as it was.
//
// Real directories with real markers and a real catalogue.
#include "cli/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/host/kernel_entropy.hpp"
#include "adapters/host/system_clock.hpp"
#include "adapters/objects/filesystem/root.hpp"
#include "cli/temporary_directory.hpp"

namespace strongroom::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CheckTest : public ::testing::Test {
 protected:
  Config config(const std::string& more = {}) {
    auto result = parse_config("data = \"" + directory_.str("data") + "\"\n" + more, directory_.str("x.toml"), {});
    EXPECT_TRUE(std::holds_alternative<Config>(result));
    return std::get<Config>(std::move(result));
  }
  Config with_location() {
    return config("[[locations]]\nname = \"vault\"\npath = \"" + directory_.str("vault") + "\"\nrole = \"primary\"\n");
  }
  /// Everything that was found, a line each: `problem location …`
  std::string found(const Config& config) {
    static const char* const kWords[] = {"ok ", "note ", "problem "};
    std::string text;
    for (const ConfigCheck& check : check_places(config)) {
      text += kWords[static_cast<int>(check.outcome)] + check.what + "\n";
    }
    return text;
  }
  void remember(const std::string& uuid) {
    std::filesystem::create_directories(directory_.str("data"));
    NobodyIsDead owners;
    auto catalogue = sqlite::open_sqlite_catalogue(directory_.str("data/catalogue.sqlite"), clock_, owners);
    ASSERT_TRUE(catalogue);
    ASSERT_TRUE((*catalogue)->remember("location.vault.uuid", uuid));
    ASSERT_TRUE((*catalogue)->remember("context.url", "http://first/context.json"));
  }
  std::string init() {
    std::filesystem::create_directories(directory_.str("vault"));
    return filesystem::init_location(directory_.str("vault"), "", "vault", entropy_).value();
  }

  TemporaryDirectory directory_;
  host::SystemClock clock_;
  host::KernelEntropy entropy_;
};

TEST_F(CheckTest, NothingIsThereYet) {
  const std::string text = found(config());
  EXPECT_THAT(text, Not(HasSubstr("problem")));
  EXPECT_THAT(text, HasSubstr("will be made at the first start"));
  EXPECT_FALSE(std::filesystem::exists(directory_.str("data"))) << "looking made something";
}

TEST_F(CheckTest, AFileInTheWay) {
  directory_.write("data", "");
  EXPECT_THAT(found(config()), HasSubstr("problem data directory " + directory_.str("data") + ": is not a directory"));
}

TEST_F(CheckTest, ConfiguredLocationsAreMadeByHand) {
  EXPECT_THAT(found(with_location()),
              HasSubstr("problem location vault " + directory_.str("vault") + ": is not there"));
  std::filesystem::create_directories(directory_.str("vault"));
  EXPECT_THAT(found(with_location()), HasSubstr("`strongroom location init " + directory_.str("vault")));
  const std::string uuid = init();
  EXPECT_THAT(found(with_location()), HasSubstr("is itself: " + uuid + ", not used yet"));
}

TEST_F(CheckTest, LocationsAreThemselves) {
  const std::string uuid = init();
  remember(uuid);
  EXPECT_THAT(found(with_location()), HasSubstr("is itself: " + uuid + "\n"));
  std::filesystem::remove_all(directory_.str("vault"));
  std::filesystem::create_directories(directory_.str("vault"));
  EXPECT_THAT(found(with_location()), HasSubstr("is the disk mounted?"));
  init();
  EXPECT_THAT(found(with_location()), HasSubstr("is another location"));
}

TEST_F(CheckTest, TheCatalogueIsLookedAtOnly) {
  remember("x");
  EXPECT_THAT(found(config()), HasSubstr("go on naming http://first/context.json"));
  for (const char* beside : {"data/catalogue.sqlite-wal", "data/catalogue.sqlite-shm"}) {
    std::filesystem::remove(directory_.str(beside));
  }
  directory_.write("data/catalogue.sqlite", std::string(8192, 'x'));
  EXPECT_THAT(found(config()), HasSubstr("problem catalogue"));
}

TEST_F(CheckTest, Certificates) {
  directory_.write("none.pem", "");
  const std::string pem = "\"" + directory_.str("none.pem") + "\"";
  EXPECT_THAT(found(config("[tls]\ncertificate = " + pem + "\nkey = " + pem + "\n")),
              ::testing::ContainsRegex("problem .*none\\.pem"));
}

TEST_F(CheckTest, Areas) {
  const std::string src = "[[sources]]\nname = \"src\"\npath = \"" + directory_.str("src") + "\"\n";
  EXPECT_THAT(found(config(src)), HasSubstr("problem source src " + directory_.str("src") + ": is not there"));
  std::filesystem::create_directories(directory_.str("src"));
  EXPECT_THAT(found(config(src)), HasSubstr("ok source src"));
}

TEST_F(CheckTest, TheBucketOfLongAnswersIsNamed) {
  const std::string told =
      found(config("[largeResponses]\nredirectAbove = \"9MiB\"\nbucket = \"long\"\nregion = \"eu-west-1\"\n"));
  EXPECT_THAT(told, HasSubstr("note long answers https://long.s3.eu-west-1.amazonaws.com: lie at a provider; "
                              "`strongroom check store` looks there"));
}

}  // namespace
}  // namespace strongroom::cli

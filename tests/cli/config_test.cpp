// The configuration: defaults, every setting, and that all problems of a file are told at once, each with its place.
#include "cli/config_cases.hpp"

namespace strongroom::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ConfigTest, EmbeddedDefaults) {
  const Config config = good("");
  EXPECT_EQ(config.data, "/srv/data");
  EXPECT_EQ(config.catalogue_file(), "/srv/data/catalogue.sqlite");
  EXPECT_EQ(config.records_directory(), "/srv/data/records");
  EXPECT_EQ(config.working_directory(), "/srv/data/working");
  EXPECT_EQ(config.listen.text(), "127.0.0.1:8080");
  EXPECT_EQ(config.public_base_url, "http://127.0.0.1:8080/storage/v1");
  EXPECT_TRUE(config.embedded_locations);
  ASSERT_EQ(config.locations.size(), 3U);
  const char* labels[] = {"primary location", "replica-1", "replica-2"};
  const char* names[] = {"primary", "replica-1", "replica-2"};
  for (std::size_t i = 0; i < 3; ++i) {
    const LocationFacts& facts = config.locations[i].facts;
    EXPECT_EQ(facts.label, labels[i]);
    EXPECT_EQ(facts.name.str(), names[i]);
    EXPECT_EQ(facts.role, i == 0 ? LocationRole::primary : LocationRole::replica);
    EXPECT_EQ(config.locations[i].path, std::string("/srv/data/locations/") + names[i]);
    EXPECT_EQ(facts.url, std::string("file:///srv/data/locations/") + names[i]);
  }
  ASSERT_EQ(config.areas.size(), 1U);
  EXPECT_EQ(config.areas[0].name.str(), "uploads");
  EXPECT_EQ(config.areas[0].path, "/srv/data/uploads");
  EXPECT_TRUE(config.areas[0].writable);
}

const char* const kFull = R"(
data = "data"
listen = "[::1]:9000"
basePath = "/archive"
publicBaseUrl = "https://archive.example.org/archive"
[http]
behindProxy = true
maxUri = 4096
maxBody = "2MiB"
[auth]
tokenLife = "10min"
[spaces]
allowed = ["maps", "digitised"]
[[spaces.reserved]]
prefix = "test/"
space = "maps"
[[spaces.profiles]]
space = "maps"
file = "maps.json"
[updates]
requireVersion = true
[audit]
reads = true
[workers]
bags = 4
threads = 8
[storage]
minFree = "2GiB"
[retry]
timeLimit = "2h"
eventInterval = "1min"
[lease]
heartbeat = "1s"
expiry = "5s"
[unpack]
maxEntries = 10
maxBytes = "1TiB"
maxFile = 1048576
maxRatio = 50
[callbacks]
attempts = 3
pauses = ["1s", "2s"]
allowedNetworks = ["10.0.0.0/8"]
signingSecret = "0123456789abcdef"
[index]
url = "https://search.example.org/es"
prefix = "vault_1"
username = "archive"
password = "sesame"
caFile = "ca.pem"
[log]
format = "json"
level = "debug"
[[locations]]
name = "vault"
label = "the vault"
provider = "filesystem"
path = "vault with space"
role = "primary"
prefix = "a/b/"
url = "https://vault.example.org"
tier = "cool"
[[locations]]
name = "copy"
path = "/srv/copy"
[[uploads]]
name = "drop"
path = "drop"
[[sources]]
name = "nas"
provider = "filesystem"
path = "/mnt/nas"
)";

TEST(ConfigTest, EverySettingOfTheService) {
  const Config config = good(kFull, {});
  EXPECT_EQ(config.data, "/etc/strongroom/data");
  EXPECT_EQ(config.listen.text(), "[::1]:9000");
  EXPECT_EQ(config.base_path, "/archive");
  EXPECT_EQ(config.public_base_url, "https://archive.example.org/archive");
  EXPECT_TRUE(config.behind_proxy);
  EXPECT_EQ(config.uri_max, 4096U);
  EXPECT_EQ(config.body_max, 2U << 20);
  EXPECT_EQ(config.token_life, std::chrono::minutes(10));
  EXPECT_THAT(*config.allowed_spaces, ElementsAre("maps", "digitised"));
  EXPECT_THAT(config.reserved_spaces, ElementsAre(std::pair<std::string, std::string>("test/", "maps")));
  ASSERT_EQ(config.profiles.size(), 1U);
  EXPECT_EQ(config.profiles[0].space, "maps");
  EXPECT_EQ(std::filesystem::path(config.profiles[0].path).filename(), "maps.json");
  EXPECT_TRUE(std::filesystem::path(config.profiles[0].path).is_absolute());
  EXPECT_TRUE(config.updates_require_version);
  EXPECT_TRUE(config.audit_reads);
  EXPECT_EQ(config.log_format, host::LogFormat::json);
  EXPECT_EQ(config.log_level, LogLevel::debug);
}

TEST(ConfigTest, EverySettingOfTheWork) {
  const Config config = good(kFull, {});
  EXPECT_EQ(config.bags_at_once, 4U);
  EXPECT_EQ(config.threads, 8U);
  EXPECT_EQ(config.min_free, 2ULL << 30);
  EXPECT_EQ(config.retry_time_limit, std::chrono::hours(2));
  EXPECT_EQ(config.retry_event_interval, std::chrono::minutes(1));
  EXPECT_EQ(config.lease_heartbeat, std::chrono::seconds(1));
  EXPECT_EQ(config.lease_expiry, std::chrono::seconds(5));
  EXPECT_EQ(config.unpack_entries, 10U);
  EXPECT_EQ(config.unpack_bytes, 1ULL << 40);
  EXPECT_EQ(config.unpack_file, 1ULL << 20);
  EXPECT_EQ(config.unpack_ratio, 50U);
  EXPECT_THAT(config.callback_pauses, ElementsAre(std::chrono::seconds(1), std::chrono::seconds(2)));
  EXPECT_THAT(config.callback_networks, ElementsAre("10.0.0.0/8"));
  EXPECT_EQ(config.callback_secret, "0123456789abcdef");
}

TEST(ConfigTest, EverySettingOfTheSearchServer) {
  const Config config = good(kFull, {});
  ASSERT_TRUE(config.index);
  EXPECT_EQ(config.index->access.url, "https://search.example.org/es");
  EXPECT_EQ(config.index->prefix, "vault_1");
  EXPECT_EQ(config.index->access.username, "archive");
  EXPECT_EQ(config.index->access.password, "sesame");
  EXPECT_EQ(config.index->access.ca_file, "/etc/strongroom/ca.pem");
  EXPECT_FALSE(good("data = \"/a\"", {}).index);
  const Config local = good("data = \"/a\"\n[index]\nurl = \"http://localhost:9200\"\napiKey = \"a2V5\"", {});
  EXPECT_EQ(local.index->access.api_key, "a2V5");
  EXPECT_EQ(local.index->prefix, "storage");
  EXPECT_TRUE(good("data = \"/a\"\n[index]\nurl = \"http://[::1]:9200\"\napiKey = \"a2V5\"", {}).index);
  EXPECT_TRUE(good("data = \"/a\"\n[index]\nurl = \"http://search.example.org\"", {}).index);
}

TEST(ConfigTest, EverySettingOfPlaces) {
  const Config config = good(kFull, {});
  EXPECT_FALSE(config.embedded_locations);
  ASSERT_EQ(config.locations.size(), 2U);
  const LocationFacts& vault = config.locations[0].facts;
  EXPECT_EQ(config.locations[0].path, "/etc/strongroom/vault with space");
  EXPECT_EQ(vault.name.str(), "vault");
  EXPECT_EQ(vault.label, "the vault");
  EXPECT_EQ(vault.role, LocationRole::primary);
  EXPECT_EQ(vault.prefix, "a/b/");
  EXPECT_EQ(vault.url, "https://vault.example.org");
  EXPECT_EQ(vault.tier, AccessTier::cool);
  const LocationFacts& copy = config.locations[1].facts;
  EXPECT_EQ(copy.label, "copy");
  EXPECT_EQ(copy.bucket, "copy");
  EXPECT_EQ(copy.role, LocationRole::replica);
  EXPECT_EQ(copy.url, "file:///srv/copy");
  ASSERT_EQ(config.areas.size(), 2U);
  EXPECT_EQ(config.areas[0].name.str(), "drop");
  EXPECT_EQ(config.areas[0].path, "/etc/strongroom/drop");
  EXPECT_TRUE(config.areas[0].writable);
  EXPECT_EQ(config.areas[1].name.str(), "nas");
  EXPECT_FALSE(config.areas[1].writable);
}

TEST(ConfigTest, TheCommandLineGoesBeforeTheFile) {
  const Config config = good("data = \"/a\"\nlisten = \"127.0.0.1:1\"\n", {{}, "/b", "127.0.0.1:2"});
  EXPECT_EQ(config.data, "/b");
  EXPECT_EQ(config.listen.port, 2);
  EXPECT_EQ(config.public_base_url, "http://127.0.0.1:2/storage/v1");
}

TEST(ConfigTest, FewerAttemptsTakeTheFirstPauses) {
  EXPECT_THAT(good("[callbacks]\nattempts = 2\n").callback_pauses, ElementsAre(std::chrono::seconds(15)));
  EXPECT_EQ(good("[callbacks]\npauses = []\n").callback_pauses.size(), 0U);
}

TEST(ConfigTest, APathIsEncodedInItsUrl) {
  EXPECT_EQ(good("[[locations]]\nname = \"v\"\npath = \"/srv/a b\"\nrole = \"primary\"\n").locations[0].facts.url,
            "file:///srv/a%20b");
}

TEST(ConfigTest, EachSpaceMayHaveAPrimaryOfItsOwn) {
  const Config config = good(R"(
[spaces]
allowed = ["maps", "books"]
[[locations]]
name = "a"
path = "/a"
role = "primary"
spaces = ["maps"]
[[locations]]
name = "b"
path = "/b"
role = "primary"
spaces = ["books"]
[[locations]]
name = "c"
path = "/c"
)");
  EXPECT_EQ(config.locations.size(), 3U);
}

class ConfigProblemTest : public ::testing::TestWithParam<Case> {};

TEST_P(ConfigProblemTest, IsTold) {
  const std::vector<std::string> found = problems_of(GetParam().text);
  ASSERT_EQ(found.size(), 1U) << ::testing::PrintToString(found);
  EXPECT_THAT(found[0], HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Values, ConfigProblemTest,
    ::testing::Values(
        Case{"a = [", "s.toml:1: is not TOML: "}, Case{"x = 1\n\nx = 2", "s.toml:3: is not TOML: "},
        Case{"data = 1", "s.toml:1: data = 1: must be the path"}, Case{"data = \"\"", "data = \"\": must be the path"},
        Case{"\nlisten = \"here\"", "s.toml:2: listen = \"here\": must be a numeric address"},
        Case{"basePath = \"storage\"", "basePath = \"storage\": must be empty, or begin"},
        Case{"basePath = \"/a/\"", "basePath"}, Case{"basePath = \"/a b\"", "basePath"},
        Case{"publicBaseUrl = \"archive\"", "publicBaseUrl = \"archive\": must be an http"},
        Case{"[[http]]\nmaxUri = 4096", "s.toml:1: http: must be a table"},
        Case{"http = 3", "s.toml:1: http = 3: must be a table, as in [http]"},
        Case{"[http]\nmaxUri = 12", "s.toml:2: http.maxUri = 12: must be a whole number from 1,024 to 65,536"},
        Case{"[http]\nmaxUri = \"4096\"", "http.maxUri = \"4096\": must be a whole number"},
        Case{"[http]\nmaxBody = \"1MB\"", "http.maxBody = \"1MB\": must be a size from \"64KiB\" to \"64MiB\""},
        Case{"[http]\nbehindProxy = \"yes\"", "http.behindProxy = \"yes\": must be true or false"},
        Case{"[auth]\ntokenLife = 3600", "auth.tokenLife = 3600: must be a duration from \"1min\" to \"30d\""},
        Case{"[spaces]\nallowed = [\"a/b\"]", "spaces.allowed = "}, Case{"[spaces]\nallowed = []", "spaces.allowed"},
        Case{"[spaces]\nallowed = \"maps\"", "spaces.allowed"},
        Case{"[[spaces.reserved]]\nprefix = \"a\"", "s.toml:1: spaces.reserved[1].space: is required"},
        Case{"[[spaces.profiles]]\nspace = \"a\"", "s.toml:1: spaces.profiles[1].file: is required"},
        Case{"[[spaces.profiles]]\nspace = \"a\"\nfile = \"f\"\n[[spaces.profiles]]\nspace = \"a\"\nfile = \"g\"",
             "spaces.profiles[2].space = \"a\": has another profile already"},
        Case{"[audit]\nreads = \"all\"", "audit.reads = \"all\""},
        Case{"[updates]\nrequireVersion = 1", "updates.requireVersion = 1"},
        Case{"[workers]\nbags = 0", "workers.bags = 0: must be a whole number from 1 to 64"},
        Case{"[workers]\nthreads = -1", "workers.threads = -1"},
        Case{"[dryRuns]\natOnce = 17", "dryRuns.atOnce = 17: must be a whole number from 1 to 16"},
        Case{"[dryRuns]\natonce = 1", "dryRuns.atonce"},
        Case{"[storage]\nminFree = \"1KiB\"", "storage.minFree = \"1KiB\": must be a size from \"16MiB\""},
        Case{"[retry]\ntimeLimit = \"soon\"", "retry.timeLimit = \"soon\": must be a duration"},
        Case{"[retry]\ntimeLimit = \"91d\"", "retry.timeLimit = \"91d\""},
        Case{"[lease]\nexpiry = \"10s\"", "lease.expiry = \"10s\": lease.expiry must be at least three times"},
        Case{"[unpack]\nmaxRatio = 1", "unpack.maxRatio = 1"},
        Case{"[callbacks]\npauses = [\"x\"]", "callbacks.pauses = "},
        Case{"[callbacks]\nattempts = 9", "callbacks.attempts = 9: must be one more than"},
        Case{"[callbacks]\nattempts = 2\npauses = [\"1s\", \"1s\"]", "callbacks.attempts = 2"},
        Case{"[callbacks]\nallowedNetworks = [\"ten\"]", "callbacks.allowedNetworks = "},
        Case{"[callbacks]\nsigningSecret = \"short-secret\"", "callbacks.signingSecret = (not shown): must have"},
        Case{"[index]\nurl = \"search.example.org\"",
             "index.url = \"search.example.org\": must be an http or https URL"},
        Case{"[index]\nprefix = \"a\"", "index.url: is required, since there is index.prefix"},
        Case{"[index]\nurl = \"https://s\"\nprefix = \"A\"", "index.prefix = \"A\": must be 1 to 64 of a-z"},
        Case{"[index]\nurl = \"https://s\"\npassword = \"abc\"",
             "index.username: is required, since there is index.pass"},
        Case{"[index]\nurl = \"https://s\"\nusername = \"abc\"",
             "index.password: is required, since there is index.user"},
        Case{"[index]\nurl = \"https://s\"\nusername = \"a\"\npassword = \"\"",
             "index.password = (not shown): must not be empty"},
        Case{"[index]\nurl = \"https://s\"\nusername = \"a\"\npassword = \"b\"\napiKey = \"c\"",
             "index.apiKey = (not shown): cannot be beside index.username"},
        Case{"[index]\nurl = \"http://s:9200\"\napiKey = \"c\"", "index.url = \"http://s:9200\": must be an https URL"},
        Case{"[log]\nformat = \"xml\"", "log.format = \"xml\": must be \"logfmt\" or \"json\""},
        Case{"[log]\nlevel = \"loud\"", "log.level = \"loud\""}));

INSTANTIATE_TEST_SUITE_P(
    Places, ConfigProblemTest,
    ::testing::Values(
        Case{"locations = []", "locations = []: must be tables, as in [[locations]]"},
        Case{"locations = 1", "locations = 1"},
        Case{"[[locations]]\nname = \"a\"\npath = \"/a\"", "locations: one location must have role = \"primary\""},
        Case{kLocations + "[[locations]]\nname = \"b\"", "s.toml:6: locations[2].path: is required"},
        Case{kLocations + "[[locations]]\npath = \"/b\"", "locations[2].name: is required"},
        Case{kLocations + "[[locations]]\nname = \"B\"\npath = \"/b\"", "locations[2].name = \"B\": must be 1 to 64"},
        Case{kLocations + "[[locations]]\nname = \"vault\"\nlabel = \"x\"\npath = \"/b\"",
             "locations[2].name = \"vault\": is the name of another"},
        Case{kLocations + "[[locations]]\nname = \"b\"\nlabel = \"vault\"\npath = \"/b\"",
             "locations[2].label = \"vault\": is the label"},
        Case{kLocations + "[[locations]]\nname = \"b\"\npath = \"/srv/./vault/\"", "is the place of another"},
        Case{kLocations + "[[locations]]\nname = \"b\"\npath = \"/b\"\nrole = \"primary\"",
             "locations: only one location can have role = \"primary\""},
        Case{kLocations + "[[locations]]\nname = \"b\"\npath = \"/b\"\nrole = \"spare\"", "locations[2].role = "},
        Case{kLocations + "[[locations]]\nname = \"b\"\npath = \"/b\"\nprovider = \"tape\"",
             "locations[2].provider = \"tape\": must be \"filesystem\", \"amazon-s3\" or \"azure-blob-storage\""},
        Case{kLocations + "[[locations]]\nname = \"b\"\npath = \"/b\"\nspaces = []", "spaces = []: must be a list"},
        Case{kLocations + "spaces = [\"a\"]", "one location must have role = \"primary\" for all other spaces"},
        Case{kLocations + "[[locations]]\nname = \"b\"\npath = \"/b\"\nspaces = [\"a\"]\nrole = \"primary\"",
             "only one location can have role = \"primary\" for space a"},
        Case{kLocations + "[[locations]]\nname = \"b\"\nprovider = \"amazon-s3\"\nbucket = \"b\"",
             "locations[2].region: is required, unless there is an endpoint"},
        Case{kLocations + "[[locations]]\nname = \"b\"\nprovider = \"amazon-s3\"\nregion = \"r\"",
             "locations[2].bucket: is required"},
        Case{kLocations +
                 "[[locations]]\nname = \"b\"\nprovider = \"azure-blob-storage\"\ncontainer = \"c\"\naccount = "
                 "\"A\"",
             "account = \"A\": must be 3 to 24 of a-z and 0-9"},
        Case{kLocations + "region = \"r\"", "locations[1].region = \"r\": is not for provider \"filesystem\""},
        Case{kLocations + "[[locations]]\nname = \"b\"\npath = \"/b\"\nprefix = \"x\"", "locations[2].prefix = \"x\""},
        Case{kLocations + "[[locations]]\nname = \"b\"\npath = \"/b\"\nprefix = \"../\"", "prefix"},
        Case{kLocations + "[[locations]]\nname = \"b\"\npath = \"/b\"\ntier = \"warm\"", "tier"},
        Case{kLocations + "[[locations]]\nname = \"b\"\npath = \"/b\"\nurl = \"ftp://b\"", "url"},
        Case{kLocations + "[[locations]]\nname = \"b\"\npath = \"/b\"\nlabel = \"\"", "label"},
        Case{"[[uploads]]\nname = \"a\"", "uploads[1].path: is required"},
        Case{"[[uploads]]\nname = \"a\"\npath = \"/a\"\n[[sources]]\nname = \"a\"\npath = \"/b\"",
             "sources[1].name = \"a\": is the name of another"},
        Case{"[[sources]]\nprovider = \"amazon-s3\"\nregion = \"r\"\nbucket = \"b\"\n[[sources]]\nprovider = "
             "\"amazon-s3\"\nregion = \"r\"\nbucket = \"b\"",
             "sources[2].bucket = \"b\": is another source already"},
        Case{"[[sources]]\nprovider = \"azure-blob-storage\"\ncontainer = \"c\"", "sources[1].account: is required"}));

INSTANTIATE_TEST_SUITE_P(Unknown, ConfigProblemTest,
                         ::testing::Values(Case{"lisen = \"127.0.0.1:80\"",
                                                "s.toml:1: lisen = \"127.0.0.1:80\": there is no such setting; "
                                                "did you mean listen?"},
                                           Case{"[retry]\ntime_limit = \"1h\"",
                                                "s.toml:2: retry.time_limit = \"1h\": there is no such "
                                                "setting; did you mean retry.timeLimit?"},
                                           Case{"[telephone]\nnumber = 1", "telephone: there is no such setting"},
                                           Case{kLocations + "colour = \"red\"",
                                                "locations[1].colour = \"red\": there is no such setting"}));

TEST(ConfigTest, AllProblemsAtOnce) {
  const std::vector<std::string> found = problems_of(
      "listen = \"nowhere\"\n[retry]\ntimeLimit = 1\nlimit = 2\n[log]\nlevel = \"loud\"\n[[locations]]\nname = \"A\"\n",
      {{}, {}, "also-nowhere"});
  ASSERT_EQ(found.size(), 9U) << ::testing::PrintToString(found);
  const std::string all = ::testing::PrintToString(found);
  for (const char* part :
       {"s.toml:1: listen", "--listen = ", "s.toml:3: retry.timeLimit", "s.toml:4: retry.limit", "s.toml:6: log.level",
        "s.toml:8: locations[1].name", "locations[1].path: is required", "one location must", "data: is required"}) {
    EXPECT_THAT(all, HasSubstr(part));
  }
}

TEST(ConfigTest, BeyondLoopbackNeedsTlsOrAProxyAndAUrl) {
  const std::vector<std::string> found = problems_of("listen = \"0.0.0.0:80\"");
  ASSERT_EQ(found.size(), 2U) << ::testing::PrintToString(found);
  EXPECT_THAT(found[0], HasSubstr("tls.certificate: listening on 0.0.0.0:80, beyond this machine, needs TLS: set "
                                  "tls.certificate and tls.key, or http.behindProxy = true"));
  EXPECT_THAT(found[1], HasSubstr("publicBaseUrl: listening on"));
  EXPECT_EQ(problems_of("listen = \"0.0.0.0:80\"\npublicBaseUrl = \"https://a.example.org\"").size(), 1U);
  EXPECT_EQ(problems_of("listen = \"0.0.0.0:80\"\n[http]\nbehindProxy = true").size(), 1U);
  EXPECT_EQ(problems_of("listen = \"0.0.0.0:80\"\npublicBaseUrl = \"https://a.example.org\"\n"
                        "[http]\nbehindProxy = true")
                .size(),
            0U);
  EXPECT_EQ(problems_of("listen = \"127.8.9.1:80\"").size(), 0U);
  EXPECT_EQ(problems_of("listen = \"0.0.0.0:80\"\npublicBaseUrl = \"https://a.example.org\"\n"
                        "[tls]\ncertificate = \"c.pem\"\nkey = \"k.pem\"")
                .size(),
            0U);
  EXPECT_EQ(problems_of("listen = \"0.0.0.0:80\"\npublicBaseUrl = \"https://a.example.org\"\n[tls]").size(), 1U);
}

TEST(ConfigTest, TlsIsACertificateAndItsKey) {
  const Config config = good("data = \"/a\"\n[tls]\ncertificate = \"/etc/c.pem\"\nkey = \"/etc/k.pem\"", {});
  EXPECT_EQ(config.tls_certificate, "/etc/c.pem");
  EXPECT_EQ(config.tls_key, "/etc/k.pem");
  EXPECT_EQ(config.public_base_url, "https://127.0.0.1:8080/storage/v1");
  const std::vector<std::string> no_key = problems_of("[tls]\ncertificate = \"c.pem\"");
  ASSERT_EQ(no_key.size(), 1U);
  EXPECT_THAT(no_key[0], HasSubstr("tls.key: is required, since there is tls.certificate"));
  EXPECT_THAT(problems_of("[tls]\nkey = \"k.pem\"").at(0), HasSubstr("tls.certificate: is required"));
  EXPECT_THAT(problems_of("[tls]\ncertificate = 1\nkey = \"k.pem\"").at(0),
              HasSubstr("tls.certificate = 1: must be the path of a file"));
}

TEST(ConfigTest, AFileThatCannotBeRead) {
  for (const std::string& file : {testing::TempDir() + "no-such-file.toml", testing::TempDir()}) {
    const auto outcome = load_config({file, "/srv/data", {}});
    const auto* problems = std::get_if<ConfigProblems>(&outcome);
    ASSERT_NE(problems, nullptr);
    EXPECT_THAT(problems->at(0).text(), HasSubstr("cannot be read"));
  }
}

TEST(ConfigTest, WithoutAFileTheDataDirectoryIsTakenFromHere) {
  const auto outcome = load_config({{}, "here", {}});
  ASSERT_TRUE(std::holds_alternative<Config>(outcome));
  EXPECT_EQ(std::get<Config>(outcome).data, (std::filesystem::current_path() / "here").string());
}

}  // namespace
}  // namespace strongroom::cli

// What lies at providers: locations in buckets and containers, topics, the version index; and all that can be wrong
// with how a file names them.
#include "cli/config_cases.hpp"

namespace strongroom::cli {
namespace {

using ::testing::HasSubstr;

TEST(ConfigTest, LocationsAtProvidersAreReachedAsTheirOwnersSay) {
  const Config config = good(kS3 + R"(
prefix = "arch/"
storageClass = "STANDARD_IA"
credentialsFile = "keys"
profile = "p"
spaces = ["maps"]
[[locations]]
name = "c"
provider = "amazon-s3"
bucket = "with.dots"
endpoint = "https://s3.example.org:8443"
createOnly = "look"
partSize = "64MiB"
verify = "server-checksum"
requestsAtOnce = 200
requestsPerSecond = 50
[[locations]]
name = "d"
provider = "azure-blob-storage"
account = "acc123"
container = "away"
accessTier = "cool"
[[sources]]
provider = "amazon-s3"
bucket = "*"
region = "eu-west-1"
)");
  ASSERT_EQ(config.locations.size(), 4U);
  const LocationSetting& aws = config.locations[1];
  EXPECT_EQ(aws.facts.url, "https://archive.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(aws.facts.bucket, "archive");
  EXPECT_EQ(aws.facts.tier, AccessTier::cool);
  EXPECT_FALSE(aws.facts.staged);
  EXPECT_TRUE(aws.cloud.by_host);
  EXPECT_EQ(aws.cloud.credentials_file, "/etc/strongroom/keys");
  EXPECT_TRUE(aws.facts.serves("maps"));
  EXPECT_FALSE(aws.facts.serves("books"));
  const LocationSetting& own = config.locations[2];
  EXPECT_EQ(own.facts.url, "https://s3.example.org:8443/with.dots");
  EXPECT_FALSE(own.cloud.by_host);
  EXPECT_TRUE(own.cloud.looks_before_writing);
  EXPECT_EQ(own.cloud.region, "us-east-1");
  EXPECT_EQ(own.cloud.part_size, 64U << 20U);
  EXPECT_EQ(own.facts.verify, CopyCheck::server_checksum);
  EXPECT_EQ(aws.facts.verify, CopyCheck::full);
  EXPECT_NE(config_toml(config).find("verify = \"server-checksum\""), std::string::npos);
  EXPECT_EQ(own.facts.requests_at_once, 200U);
  EXPECT_EQ(own.cloud.requests_per_second, 50U);
  EXPECT_EQ(aws.facts.requests_at_once, 64U);
  EXPECT_NE(config_toml(config).find("requestsAtOnce = 200\nrequestsPerSecond = 50"), std::string::npos);
  EXPECT_TRUE(own.facts.serves("books"));
  const LocationSetting& azure = config.locations[3];
  EXPECT_EQ(azure.facts.url, "https://acc123.blob.core.windows.net/away");
  EXPECT_EQ(azure.facts.tier, AccessTier::cool);
  ASSERT_EQ(config.sources.size(), 1U);
  EXPECT_EQ(config.sources[0].bucket, "*");
}

TEST(ConfigTest, LocationsAtProvidersArchiveAndRestoreAsTheirOwnersSay) {
  const Config config = good(kS3 + R"(
archiveTo = "GLACIER"
archiveBy = "copy"
archiveCredentialsFile = "keys"
restoreDays = 30
restoreTier = "expedited"
[[locations]]
name = "c"
provider = "amazon-s3"
bucket = "deep"
region = "eu-west-1"
archiveTo = "DEEP_ARCHIVE"
[[locations]]
name = "d"
provider = "azure-blob-storage"
account = "acc123"
container = "away"
archiveTo = "archive"
restorePriority = "high"
)");
  ASSERT_EQ(config.locations.size(), 4U);
  EXPECT_FALSE(config.locations[0].facts.archives);
  const LocationSetting& glacier = config.locations[1];
  EXPECT_TRUE(glacier.facts.archives);
  EXPECT_TRUE(glacier.cloud.archives_by_copy);
  EXPECT_EQ(glacier.cloud.archive_credentials_file, "/etc/strongroom/keys");
  EXPECT_EQ(glacier.cloud.restore_days, 30U);
  EXPECT_EQ(glacier.cloud.restore_tier, "expedited");
  EXPECT_EQ(config.locations[2].cloud.restore_days, 7U);
  EXPECT_EQ(config.locations[2].cloud.restore_tier, "standard");
  EXPECT_TRUE(config.locations[3].cloud.restores_first);
  // As `check config --show` prints it, it means the same.
  const std::string shown = config_toml(config);
  for (const char* line : {"restoreDays = 30", "restoreTier = \"expedited\"", "restorePriority = \"high\""}) {
    EXPECT_NE(shown.find(line), std::string::npos) << line;
  }
}

TEST(ConfigTest, SinksPublishWhatTheyAreTold) {
  const Config config = good(R"(
[[sinks]]
name = "bags"
topic = "arn:aws:sns:eu-west-1:123456789012:bags"
[[sinks]]
name = "all"
topic = "arn:aws:sns:eu-central-1:123456789012:all.fifo"
kinds = ["ingest-update", "bag-update"]
spaces = ["maps"]
endpoint = "http://127.0.0.1:4100"
credentialsFile = "keys"
profile = "p"
)");
  ASSERT_EQ(config.sinks.size(), 2U);
  EXPECT_EQ(config.sinks[0].cloud.region, "eu-west-1");
  EXPECT_EQ(config.sinks[0].kinds, std::vector<std::string>{"registered-bag"});
  EXPECT_TRUE(config.sinks[0].spaces.empty());
  EXPECT_EQ(config.sinks[1].kinds.size(), 2U);
  EXPECT_EQ(config.sinks[1].spaces, std::vector<std::string>{"maps"});
  EXPECT_EQ(config.sinks[1].cloud.credentials_file, "/etc/strongroom/keys");
  EXPECT_NE(config_toml(config).find("kinds = [\"ingest-update\", \"bag-update\"]"), std::string::npos);
}

TEST(ConfigTest, AVersionIndexIsATableInARegion) {
  EXPECT_FALSE(good("").version_index);
  const Config config = good("[versionIndex]\ntable = \"storage.versions-1\"\nregion = \"eu-west-1\"\nprofile = \"p\"");
  ASSERT_TRUE(config.version_index);
  EXPECT_EQ(config.version_index->table, "storage.versions-1");
  EXPECT_EQ(config.version_index->cloud.region, "eu-west-1");
  EXPECT_NE(config_toml(config).find("table = \"storage.versions-1\""), std::string::npos);
}

TEST(ConfigTest, LongAnswersGoToABucket) {
  EXPECT_FALSE(good("").large_responses);
  EXPECT_FALSE(good("[largeResponses]").large_responses);
  const std::string text = kLong + R"(
bucket = "long"
prefix = "answers/"
endpoint = "https://s3.example.org"
region = "here"
addressing = "host"
credentialsFile = "keys"
profile = "p"
caFile = "ca.pem"
)";
  const Config config = good(text);
  ASSERT_TRUE(config.large_responses);
  const LargeResponsesSetting& setting = *config.large_responses;
  EXPECT_EQ(setting.redirect_above, 9U << 20U);
  EXPECT_EQ(setting.bucket, "long");
  EXPECT_EQ(setting.prefix, "answers/");
  EXPECT_EQ(setting.cloud.url_of(Provider::amazon_s3, setting.bucket), "https://long.s3.example.org");
  EXPECT_EQ(setting.cloud.credentials_file, "/etc/strongroom/keys");
  // All of it is printed, and means the same when it is read again.
  const std::string printed = config_toml(config);
  for (const char* line :
       {"redirectAbove = \"9MiB\"", "bucket = \"long\"", "prefix = \"answers/\"",
        "endpoint = \"https://s3.example.org\"", "region = \"here\"", "addressing = \"host\"",
        "credentialsFile = \"/etc/strongroom/keys\"", "profile = \"p\"", "caFile = \"/etc/strongroom/ca.pem\""}) {
    EXPECT_THAT(printed, HasSubstr(std::string("largeResponses.") + line + "\n"));
  }
  EXPECT_EQ(config_toml(good(printed, {})), printed);
  // Readers come over TLS: they are not sent to where there is none.
  const std::string clear = kLong + "bucket = \"b\"\nendpoint = \"http://s3.example.org\"\n";
  EXPECT_TRUE(good(clear).large_responses);
  EXPECT_THAT(
      problems_of("publicBaseUrl = \"https://archive.example.org\"\n" + clear),
      ::testing::ElementsAre(HasSubstr("largeResponses.endpoint = \"http://s3.example.org\": must be an https")));
}

class ProviderProblemTest : public ::testing::TestWithParam<Case> {};

TEST_P(ProviderProblemTest, IsTold) {
  const std::vector<std::string> found = problems_of(GetParam().text);
  ASSERT_EQ(found.size(), 1U) << ::testing::PrintToString(found);
  EXPECT_THAT(found[0], HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Providers, ProviderProblemTest,
    ::testing::Values(
        Case{kS3 + "path = \"/b\"", "locations[2].path = \"/b\": is not for provider \"amazon-s3\""},
        Case{kS3 + "account = \"abc\"", "locations[2].account = \"abc\": is not for provider \"amazon-s3\""},
        Case{kS3 + "storageClass = \"GLACIER\"", "storageClass = \"GLACIER\": must be a storage class whose objects"},
        Case{kS3 + "endpoint = \"s3.example.org\"", "endpoint = \"s3.example.org\": must be an http"},
        Case{kS3 + "addressing = \"dns\"", "addressing = \"dns\": must be \"path\" or \"host\""},
        Case{kS3 + "createOnly = \"yes\"", "createOnly = \"yes\": must be \"condition\" or \"look\""},
        Case{kS3 + "verify = \"md5\"", "verify = \"md5\": must be \"full\" or \"server-checksum\""},
        Case{kS3 + "partSize = \"1MiB\"", "partSize = \"1MiB\": must be a size from \"5MiB\" to \"1GiB\""},
        Case{kS3 + "archiveTo = \"DEEP_ARCHIVE\"\nrestoreTier = \"expedited\"",
             "restoreTier = \"expedited\": must be \"bulk\", \"standard\" or"},
        Case{kS3 + "archiveTo = \"GLACIER\"\nrestoreTier = \"fast\"", "restoreTier = \"fast\": must be \"bulk\""},
        Case{kS3 + "archiveTo = \"GLACIER\"\nrestoreDays = 0", "restoreDays = 0: must be a"},
        Case{kS3 + "restoreDays = 3", "restoreDays = 3: says nothing without archiveTo"},
        Case{kS3 + "archiveTo = \"GLACIER\"\nrestorePriority = \"high\"",
             "restorePriority = \"high\": is not for provider \"amazon-s3\""},
        Case{kAzure + "archiveTo = \"archive\"\nrestoreTier = \"bulk\"",
             "restoreTier = \"bulk\": is not for provider \"azure-blob-storage\""},
        Case{kAzure + "archiveTo = \"archive\"\nrestorePriority = \"now\"", "must be \"standard\" or \"high\""},
        Case{kAzure + "accessTier = \"archive\"", "accessTier = \"archive\": must be \"hot\", \"cool\" or \"cold\""},
        Case{"[versionIndex]\ntable = \"versions\"", "versionIndex.region: is required"},
        Case{"[versionIndex]\ntable = \"a b\"\nregion = \"r\"", "versionIndex.table = \"a b\": must be 3 to 255 of"},
        Case{"[versionIndex]\nregion = \"r\"", "region = \"r\": says nothing without versionIndex.table"},
        Case{kLong + "region = \"r\"", "largeResponses.bucket: is required"},
        Case{kS3 + kLong + "bucket = \"archive\"\nregion = \"eu-west-1\"",
             "bucket = \"archive\": is that of a location or a source, and what lies here is removed after days"},
        Case{"[[sources]]\nprovider = \"amazon-s3\"\nbucket = \"drop\"\nregion = \"r\"\n" + kLong +
                 "bucket = \"drop\"\nregion = \"r\"",
             "bucket = \"drop\": is that of a location or a source"},
        Case{kLong + "bucket = \"b\"", "largeResponses.region: is required, unless there is an endpoint"},
        Case{kLong + "bucket = \"\"\nregion = \"r\"", "largeResponses.bucket = \"\": must be the name of a"},
        Case{kLong + "bucket = \"b\"\nregion = \"r\"\nprefix = \"a\"", "prefix = \"a\": must be empty, or path"},
        Case{kLong + "bucket = \"b\"\nregion = \"r\"\npartSize = \"8MiB\"", "partSize = \"8MiB\": there is no such"},
        Case{"[largeResponses]\nredirectAbove = \"1\"\nbucket = \"b\"\nregion = \"r\"", "redirectAbove = \"1\": must"},
        Case{"[largeResponses]\nbucket = \"b\"", "bucket = \"b\": says nothing without largeResponses.redirectAbove"},
        Case{"[[sinks]]\nname = \"a\"", "sinks[1].topic: is required"},
        Case{"[[sinks]]\nname = \"a\"\ntopic = \"bags\"", "sinks[1].topic = \"bags\": must be a topic of SNS such as"},
        Case{kSink + "kinds = [\"bags\"]", "kinds = [ \"bags\" ]: must be a list of \"registered-bag\""},
        Case{kSink + "spaces = []", "sinks[1].spaces = []: must be a list of spaces"},
        Case{kSink + "colour = 1", "sinks[1].colour = 1: there is no such setting"},
        Case{kSink + "[[sinks]]\nname = \"a\"\ntopic = \"arn:aws:sns:eu-west-1:1:b\"",
             "sinks[2].name = \"a\": is the name of another sink"},
        Case{kSink + "[[sinks]]\nname = \"b\"\ntopic = \"arn:aws:sns:eu-west-1:123456789012:bags\"",
             "sinks[2].topic = \"arn:aws:sns:eu-west-1:123456789012:bags\": is the topic of another sink"}));

}  // namespace
}  // namespace strongroom::cli

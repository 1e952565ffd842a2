// Goal: what is said of packages for Archivematica is read as it was meant, defaults are those of transfers.md 1.2, and
// every mistake is named. Method: parts of files, what comes of them, and what is said when nothing can.
#include "cli/config_cases.hpp"

namespace strongroom::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using transfers::Adopt;
using transfers::OtherCaseZip;

const std::string kBucket = "[[areas]]\nname = \"main\"\nbucket = \"transfer-source\"\nregion = \"eu-west-1\"\n";
const std::string kDirectory = "[[areas]]\nname = \"desk\"\nroot = \"/srv/desk\"\n";
const std::string kDashboard =
    "[archivematica.dashboard]\nurl = \"http://am\"\nuser = \"u\"\napiKeyFile = \"am.key\"\n";
const std::string kStorage =
    "[archivematica.storageService]\nurl = \"http://ss\"\nuser = \"u\"\napiKeyEnv = \"SS_KEY\"\n";

TEST(ConfigTransfersTest, WithoutSettingsADirectoryIsWatched) {
  const TransferSettings all = good("").transfers;
  ASSERT_EQ(all.areas.size(), 1U);
  const TransferAreaSetting& area = all.areas[0];
  EXPECT_EQ(area.name, "local");
  EXPECT_EQ(area.bucket_name(), "local");
  EXPECT_EQ(area.root, "/srv/data/transfers");
  EXPECT_EQ(area.archivematica_path, area.root);
  EXPECT_EQ(area.sweep_every, std::chrono::seconds(30));
  EXPECT_EQ(area.sweep_grace, std::chrono::seconds(10));
  EXPECT_EQ(area.adopt, Adopt::start);
  EXPECT_EQ(area.other_case_zip, OtherCaseZip::submit);
  EXPECT_EQ(all.environment, "prod");
  EXPECT_EQ(all.walk.retry_for, std::chrono::hours(72));
  EXPECT_EQ(all.overdue_after, std::chrono::hours(48));
  EXPECT_EQ(all.walk.notices, transfers::Notices::always);
  EXPECT_EQ(all.walk.feedback_prefix, "");
  EXPECT_EQ(all.monitor.schedule, "15 6 * * 1");
  EXPECT_EQ(all.monitor.sink, ReportSink::file);
  EXPECT_TRUE(all.monitor.remove);
  EXPECT_FALSE(all.monitor.leaves_marker);
  EXPECT_EQ(all.walk.prefixes, transfers::default_prefixes());
}

TEST(ConfigTransfersTest, AreasAreBucketsAndDirectories) {
  const Config config =
      good(kBucket + "sqsQueueUrl = \"https://sqs.eu-west-1.amazonaws.com/1/q\"\nadopt = \"start\"\n" + kDirectory +
           "archivematicaPath = \"/mnt/desk\"\nsweepEvery = \"5min\"\n");
  ASSERT_EQ(config.transfers.areas.size(), 2U);
  const TransferAreaSetting& main = config.transfers.areas[0];
  EXPECT_EQ(main.bucket_name(), "transfer-source");
  EXPECT_EQ(main.cloud.region, "eu-west-1");
  EXPECT_EQ(main.queue_url, "https://sqs.eu-west-1.amazonaws.com/1/q");
  EXPECT_EQ(main.sweep_every, std::chrono::hours(1));
  EXPECT_EQ(main.sweep_grace, std::chrono::minutes(15));
  EXPECT_EQ(main.adopt, Adopt::start);
  EXPECT_EQ(main.other_case_zip, OtherCaseZip::twin);
  const TransferAreaSetting& desk = config.transfers.areas[1];
  EXPECT_EQ(desk.root, "/srv/desk");
  EXPECT_EQ(desk.archivematica_path, "/mnt/desk");
  EXPECT_EQ(desk.sweep_every, std::chrono::minutes(5));
  EXPECT_EQ(good(kBucket).transfers.areas[0].adopt, Adopt::hold);
  EXPECT_EQ(good("[transfers]\notherCaseZip = \"reject\"\n" + kBucket).transfers.areas[0].other_case_zip,
            OtherCaseZip::reject);
}

TEST(ConfigTransfersTest, EverythingElseIsRead) {
  const Config config = good(
      "environment = \"staging\"\nservices = [\"watch\", \"monitor\", \"notify\"]\n"
      "[[prefixes]]\nprefix = \"films/\"\nflavour = \"accession\"\nprocessingConfig = \"film-x\"\nspace = \"films\"\n"
      "[transfers]\nretryFor = \"10d\"\noverdueAfter = \"1h\"\n"
      "[feedback]\nlayout = \"separate\"\nprefix = \"answers/\"\nnotices = \"slow\"\nsafeNames = true\n"
      "[rights]\nknownGrantNotes = [\"Open\"]\n"
      "[monitor]\nschedule = \"cron(15 6 ? * MON *)\"\nwebhookEnv = \"SLACK\"\ndelete = false\ndeleteMode = "
      "\"marker\"\n"
      "channelName = \"#preservation\"\n[alerts]\nwebhookFile = \"alerts\"\n" +
      kDashboard + kStorage);
  const TransferSettings& all = config.transfers;
  EXPECT_TRUE(config.runs("watch") && config.runs("monitor") && config.runs("notify"));
  EXPECT_EQ(all.environment, "staging");
  EXPECT_THAT(all.walk.prefixes,
              ElementsAre(transfers::Prefix{"films/", transfers::Flavour::accession, "film-x", "films"}));
  EXPECT_EQ(all.walk.retry_for, std::chrono::hours(240));
  EXPECT_EQ(all.walk.feedback_prefix, "answers/");
  EXPECT_EQ(all.walk.notices, transfers::Notices::slow);
  EXPECT_TRUE(all.walk.safe_names);
  EXPECT_THAT(all.walk.known_grant_notes, ElementsAre("Open"));
  EXPECT_EQ(all.dashboard.url, "http://am");
  EXPECT_EQ(all.dashboard.key.file, "/etc/strongroom/am.key");
  EXPECT_EQ(all.storage_service.key.variable, "SS_KEY");
  EXPECT_EQ(all.monitor.sink, ReportSink::slack) << "there is a webhook";
  EXPECT_EQ(all.monitor.webhook.variable, "SLACK");
  EXPECT_FALSE(all.monitor.remove);
  EXPECT_TRUE(all.monitor.leaves_marker);
  EXPECT_EQ(all.alerts_webhook.file, "/etc/strongroom/alerts");
  const std::string printed = config_toml(config);
  EXPECT_EQ(config_toml(good(printed)), printed);
  EXPECT_EQ(config_toml(good(config_toml(good(kBucket + kDirectory)))), config_toml(good(kBucket + kDirectory)));
}

class ConfigTransfersProblemTest : public ::testing::TestWithParam<Case> {};

TEST_P(ConfigTransfersProblemTest, IsNamed) {
  EXPECT_THAT(problems_of(GetParam().text), ElementsAre(HasSubstr(GetParam().problem)));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, ConfigTransfersProblemTest,
    ::testing::Values(
        Case{"services = [\"wach\"]", "services = "},
        Case{"environment = \"a b\"", "environment = \"a b\": must be one word"},
        Case{"[[areas]]\nroot = \"/a\"", "areas[1].name: is required"},
        Case{"[[areas]]\nname = \"a\"", "areas[1].bucket: is required, or root"},
        Case{kBucket + "root = \"/a\"", "areas[1].root"},
        Case{kDirectory + "sqsQueueUrl = \"https://q\"", "areas[1].sqsQueueUrl"},
        Case{kBucket + "archivematicaPath = \"/a\"", "areas[1].archivematicaPath"},
        Case{kBucket + "colour = 1", "areas[1].colour"},
        Case{kDirectory + "[[areas]]\nname = \"b\"\nroot = \"/srv/desk/in\"", "is that of another area"},
        Case{kDirectory + "adopt = \"maybe\"", "must be \"hold\" or \"start\""},
        Case{"[[areas]]\nname = \"a\"\nroot = \"/srv\"", "holds the data directory"},
        Case{kLocations + "[[areas]]\nname = \"a\"\nroot = \"/srv/vault/in\"", "is that of the location vault"},
        Case{kS3 + "[[areas]]\nname = \"a\"\nbucket = \"archive\"\nregion = \"eu-west-1\"",
             "is that of the location b"},
        Case{"[transfers]\nretryFor = \"1h\"", "transfers.retryFor = \"1h\""},
        Case{"[transfers]\notherCaseZip = \"no\"", "transfers.otherCaseZip"},
        // H3: the start is refused when logs could be packages, or packages logs.
        Case{"[feedback]\nlayout = \"separate\"\nprefix = \"born-digital/logs/\"", "feedback.prefix"},
        Case{"[feedback]\nlayout = \"separate\"\nprefix = \"logs\"", "feedback.prefix = \"logs\": must end in a slash"},
        Case{"[feedback]\nnotices = \"often\"", "feedback.notices"},
        Case{kDashboard, "archivematica.storageService: is required"},
        Case{kStorage + "[archivematica.dashboard]\nurl = \"http://am\"\nuser = \"u\"", "apiKeyFile: is required"},
        Case{kStorage + kDashboard + "apiKeyEnv = \"K\"", "cannot be beside"},
        Case{"[monitor]\nschedule = \"often\"", "monitor.schedule"},
        Case{"[monitor]\nsink = \"slack\"", "monitor.webhookFile: is required"},
        Case{"[monitor]\ndeleteMode = \"all\"", "monitor.deleteMode"},
        Case{"[alerts]\nwebhookEnv = \"not a name\"", "alerts.webhookEnv"},
        Case{"[[prefixes]]\nprefix = \"films\"\nflavour = \"accession\"\nprocessingConfig = \"x\"\nspace = \"a\"",
             "prefixes[1].prefix"}));

}  // namespace
}  // namespace strongroom::cli

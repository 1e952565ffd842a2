// Goal: keys are those of pipeline.md 7.1, for ever: what lies in a location is found by them. Method: literal keys.
#include "domain/layout.hpp"

#include <gtest/gtest.h>

#include "domain/samples.hpp"

namespace strongroom {
namespace {

TEST(Layout, Keys) {
  const BagId bag = samples::bag_id();
  EXPECT_EQ(layout::bag_prefix(bag), "maps/SEA/1887/12/");
  EXPECT_EQ(layout::version_prefix(bag, Version(1)), "maps/SEA/1887/12/v1/");
  EXPECT_EQ(layout::file_key(bag, Version(10), "data/a b.tif"), "maps/SEA/1887/12/v10/data/a b.tif");
  EXPECT_EQ(layout::description_key(bag, Version(2147483647)),
            "_strongroom/manifests/maps/SEA/1887/12/v2147483647.json");
  EXPECT_EQ(layout::location_marker_key(), "_strongroom/location.json");
  EXPECT_EQ(layout::staging_directory(samples::ingest_id(7), Fence{12}),
            "_strongroom/staging/5b1f3c52-90fb-4f0e-9f5c-000000000007-12");
}

TEST(Layout, VersionOneNeverSeesVersionTen) {
  const BagId bag = samples::bag_id();
  EXPECT_FALSE(layout::file_key(bag, Version(10), "a").starts_with(layout::version_prefix(bag, Version(1))));
  EXPECT_FALSE(
      layout::bag_prefix(samples::bag_id("maps", "x2")).starts_with(layout::bag_prefix(samples::bag_id("maps", "x"))));
}

TEST(Layout, ReportKeysOfDifferentStepsDiffer) {
  const IngestId ingest = samples::ingest_id(7);
  const std::string sha256(64, 'a');
  EXPECT_EQ(layout::report_key(ingest, 1, "verify", "", sha256),
            "reports/5b1f3c52-90fb-4f0e-9f5c-000000000007/run-1/verify.aaaaaaaaaaaaaaaa.jsonl");
  EXPECT_EQ(layout::report_key(ingest, 2, "confirm", "replica-1", sha256),
            "reports/5b1f3c52-90fb-4f0e-9f5c-000000000007/run-2/confirm.replica-1.aaaaaaaaaaaaaaaa.jsonl");
  EXPECT_EQ(layout::kept_description_key(sha256), "descriptions/aa/" + sha256 + ".json");
  EXPECT_EQ(layout::kept_index_key(sha256), "descriptions/aa/" + sha256 + ".index.json");
}

TEST(Layout, TheBudgetCountsTheLongestVersion) {
  const BagId bag = samples::bag_id();
  for (const std::string prefix : {"", "archive/", "archive/bags/"}) {
    const std::string longest = prefix + layout::version_prefix(bag, Version(2147483647));
    const auto budget = layout::key_budget(bag, prefix);
    EXPECT_EQ(budget.bytes, longest.size()) << prefix;
    EXPECT_EQ(budget.components, split(longest, '/').size() - 1) << prefix;
  }
}

}  // namespace
}  // namespace strongroom

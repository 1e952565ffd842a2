// Goal: an area's calls are counted, those that failed apart from those that were answered (transfers.md 16.3).
// Method: an area in memory that fails when told to.
#include "adapters/areas/wrappers/metered.hpp"

#include <gtest/gtest.h>

#include "adapters/areas/memory/area.hpp"
#include "support/counting_metrics.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::areas {
namespace {

class MeteredAreaTest : public testing::Test {
 protected:
  int succeeded() { return metrics.counts["strongroom_transfer_calls_total area main succeeded"]; }
  int failed() { return metrics.counts["strongroom_transfer_calls_total area main failed"]; }

  test::FakeClock clock;
  memory::MemoryArea inner{clock};
  test::CountingMetrics metrics;
  MeteredArea area{inner, "area main", metrics};
};

TEST_F(MeteredAreaTest, CallsAreCountedAndPassedOn) {
  const AreaObject object = inner.place("a.zip", "content");
  EXPECT_EQ(area.list("", 10)->size(), 1U);
  EXPECT_EQ(area.stat("a.zip")->value(), object);
  const auto bytes = area.open(object);
  ASSERT_TRUE(bytes);
  std::string text(7, '\0');
  EXPECT_EQ((*bytes)->size(), 7U);
  EXPECT_EQ(*(*bytes)->read_at(0, std::as_writable_bytes(std::span<char>(text.data(), text.size()))), 7U);
  EXPECT_EQ(text, "content");
  EXPECT_EQ(succeeded(), 3);
  ASSERT_TRUE(area.set_tags(object, {{"a", "b"}}));
  EXPECT_EQ(area.tags(object)->size(), 1U);
  const auto log = area.put_log("a.zip.log", "text", {});
  ASSERT_TRUE(log);
  ASSERT_TRUE(area.copy(object, "b.zip", std::nullopt));
  ASSERT_TRUE(area.erase(*log, false));
  EXPECT_FALSE(*area.keeps_versions());
  EXPECT_TRUE(*area.keeps_conditions("probe"));
  EXPECT_EQ(succeeded(), 10);
  EXPECT_EQ(failed(), 0);
}

TEST_F(MeteredAreaTest, WhatFailsIsCountedApart) {
  const AreaObject object = inner.place("a.zip", "content");
  inner.set_hook([](std::string_view, const std::string&) -> Result<void> { return broken("403"); });
  EXPECT_FALSE(area.stat("a.zip"));
  EXPECT_FALSE(area.erase(object, false));
  EXPECT_EQ(failed(), 2);
  inner.set_hook({});
  // Replaced: an answer.
  inner.place("a.zip", "another");
  EXPECT_FALSE(area.set_tags(object, {}));
  EXPECT_EQ(failed(), 2);
  EXPECT_EQ(succeeded(), 1);
}

}  // namespace
}  // namespace strongroom::areas

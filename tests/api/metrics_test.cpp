// Goal: what monitoring reads of the listener is true wherever that runs (transfers.md 16.3). Method: a real SQLite
// catalogue with a listener's place, settled as the listener does.
#include "api/desk_fixture.hpp"
#include "api/metrics_text.hpp"
#include "events/born_digital.hpp"
#include "events/topic_sink.hpp"
#include "support/counting_metrics.hpp"

namespace strongroom::test {
namespace {

TEST_F(DeskTest, HowFarTheListenerIsBehind) {
  CountingMetrics counted;
  const std::string series = "strongroom_listener_lag born-digital";
  const auto measure = [&] {
    EXPECT_TRUE(api::metrics_text({*catalogue, *catalogue, *catalogue, counted}, bench.clock.now()));
    return counted.gauges.contains(series) ? counted.gauges.at(series) : -1;
  };
  const auto tell = [&](const std::string& problem) {
    EXPECT_TRUE(catalogue->tell_alert(problem, "text", {bench.uuid(), "", R"({"type":"OperatorAlert"})"},
                                      bench.clock.now(), std::chrono::hours(24)));
  };
  tell("one");
  EXPECT_EQ(measure(), -1) << "there is no listener";
  const std::string listener = events::topic_sink_name(events::kBornDigital);
  ASSERT_TRUE(catalogue->settle_sink({listener, *catalogue->last_sequence(), {}, {}}));
  EXPECT_EQ(measure(), 0);
  tell("two");
  tell("three");
  EXPECT_EQ(measure(), 2);
  ASSERT_TRUE(catalogue->settle_sink({listener, *catalogue->last_sequence(), {}, {}}));
  EXPECT_EQ(measure(), 0);
}

}  // namespace
}  // namespace strongroom::test

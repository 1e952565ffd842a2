// Goal: what is counted shows in the text, by its labels, from any thread. Method: the text is searched for lines.
#include "adapters/metrics/prometheus_metrics.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace strongroom::metrics {
namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(PrometheusMetricsTest, CountersGaugesAndHistogramsShow) {
  PrometheusMetrics metrics;
  metrics.count(metric::kRequests, {"GET /ingests/{id}", "2xx"});
  metrics.add(metric::kRequests, {"GET /ingests/{id}", "2xx"}, 2);
  metrics.count(metric::kRequests, {"GET /ingests/{id}", "4xx"});
  metrics.set(metric::kLeftovers, {}, 7);
  metrics.set(metric::kLeftovers, {}, 3);
  metrics.observe(metric::kStepSeconds, {"unpack"}, 5);
  const std::string text = metrics.text();
  EXPECT_TRUE(has_line(text, R"(strongroom_http_requests_total{route="GET /ingests/{id}",status="2xx"} 3)")) << text;
  EXPECT_TRUE(has_line(text, R"(strongroom_http_requests_total{route="GET /ingests/{id}",status="4xx"} 1)")) << text;
  EXPECT_TRUE(has_line(text, "strongroom_leftover_versions 3")) << text;
  EXPECT_TRUE(has_line(text, R"(strongroom_step_seconds_bucket{step="unpack",le="1"} 0)")) << text;
  EXPECT_TRUE(has_line(text, R"(strongroom_step_seconds_bucket{step="unpack",le="10"} 1)")) << text;
  EXPECT_TRUE(has_line(text, R"(strongroom_step_seconds_count{step="unpack"} 1)")) << text;
}

TEST(PrometheusMetricsTest, FamiliesWithoutLabelsShowFromTheStart) {
  PrometheusMetrics metrics;
  const std::string text = metrics.text();
  for (const MetricFamily& family : metric::kAll) {
    if (family.labels.front().empty()) {
      EXPECT_TRUE(has_line(text, std::string(family.name) + " 0")) << family.name;
    }
  }
}

TEST(PrometheusMetricsTest, CountsFromManyThreadsAddUp) {
  PrometheusMetrics metrics;
  constexpr int kEach = 1000;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < kEach; ++n) metrics.count(metric::kCallbacks, {"succeeded"});
      });
    }
  }
  EXPECT_TRUE(has_line(metrics.text(), R"(strongroom_callback_attempts_total{outcome="succeeded"} 4000)"));
}

}  // namespace
}  // namespace strongroom::metrics

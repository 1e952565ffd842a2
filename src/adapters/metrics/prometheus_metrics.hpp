// The metrics port on prometheus-cpp: series in memory, text on demand.
// Any thread.
#pragma once

#include <memory>

#include "ports/metrics.hpp"

namespace strongroom::metrics {

class PrometheusMetrics final : public Metrics {
 public:
  /// Makes every family of metric::kAll, so that those without labels show from the start.
  PrometheusMetrics();
  ~PrometheusMetrics() override;

  void add(const MetricFamily& family, MetricLabels labels, double by) override;
  void set(const MetricFamily& family, MetricLabels labels, double value) override;
  void observe(const MetricFamily& family, MetricLabels labels, double value) override;
  std::string text() override;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace strongroom::metrics

// Metrics that remember what was counted and set, by the family's name and its labels with blanks between.
#pragma once

#include <map>
#include <string>

#include "ports/metrics.hpp"

namespace strongroom::test {

class CountingMetrics final : public Metrics {
 public:
  std::map<std::string, int> counts;
  std::map<std::string, double> gauges;

  void add(const MetricFamily& family, MetricLabels labels, double by) override {
    counts[series_of(family, labels)] += static_cast<int>(by);
  }
  void set(const MetricFamily& family, MetricLabels labels, double value) override {
    gauges[series_of(family, labels)] = value;
  }
  void observe(const MetricFamily&, MetricLabels, double) override {}
  std::string text() override { return {}; }

 private:
  static std::string series_of(const MetricFamily& family, MetricLabels labels) {
    std::string name(family.name);
    for (const std::string_view label : labels) name.append(" ").append(label);
    return name;
  }
};

}  // namespace strongroom::test

#include "adapters/metrics/prometheus_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>

#include "base/check.hpp"

namespace strongroom::metrics {
namespace {

/// A step takes from milliseconds to days.
prometheus::Histogram::BucketBoundaries step_buckets() { return {0.01, 0.1, 1, 10, 60, 600, 3600, 21600, 86400}; }

prometheus::Labels labels_of(const MetricFamily& family, MetricLabels values) {
  prometheus::Labels labels;
  std::size_t at = 0;
  for (const std::string_view value : values) {
    CHECK(at < family.labels.size() && !family.labels.at(at).empty());
    labels.emplace(family.labels.at(at++), value);
  }
  CHECK(at == family.labels.size() || family.labels.at(at).empty());
  return labels;
}

}  // namespace

/// The library gives the same series again for the same labels, under a lock of its own.
struct PrometheusMetrics::Families {
  prometheus::Registry registry;
  std::map<std::string_view, prometheus::Family<prometheus::Counter>*> counters;
  std::map<std::string_view, prometheus::Family<prometheus::Gauge>*> gauges;
  std::map<std::string_view, prometheus::Family<prometheus::Histogram>*> histograms;

  void make(const MetricFamily& family) {
    const std::string name(family.name);
    const std::string help(family.help);
    switch (family.kind) {
      case MetricKind::counter:
        counters[family.name] = &prometheus::BuildCounter().Name(name).Help(help).Register(registry);
        if (family.labels.front().empty()) counters[family.name]->Add({});
        return;
      case MetricKind::gauge:
        gauges[family.name] = &prometheus::BuildGauge().Name(name).Help(help).Register(registry);
        if (family.labels.front().empty()) gauges[family.name]->Add({});
        return;
      case MetricKind::histogram:
        histograms[family.name] = &prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
        return;
    }
  }
};

PrometheusMetrics::PrometheusMetrics() : families_(std::make_unique<Families>()) {
  for (const MetricFamily& family : metric::kAll) families_->make(family);
}

PrometheusMetrics::~PrometheusMetrics() = default;

void PrometheusMetrics::add(const MetricFamily& family, MetricLabels labels, double by) {
  families_->counters.at(family.name)->Add(labels_of(family, labels)).Increment(by);
}

void PrometheusMetrics::set(const MetricFamily& family, MetricLabels labels, double value) {
  families_->gauges.at(family.name)->Add(labels_of(family, labels)).Set(value);
}

void PrometheusMetrics::observe(const MetricFamily& family, MetricLabels labels, double value) {
  families_->histograms.at(family.name)->Add(labels_of(family, labels), step_buckets()).Observe(value);
}

std::string PrometheusMetrics::text() { return prometheus::TextSerializer().Serialize(families_->registry.Collect()); }

}  // namespace strongroom::metrics

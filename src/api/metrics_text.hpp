// The text that monitoring reads, for the API and for the management address.
// Any thread.
#pragma once

#include <string>

#include "ports/front_desk.hpp"
#include "ports/metrics.hpp"
#include "ports/sinks.hpp"
#include "ports/transfers.hpp"

namespace strongroom::api {

/// Where the figures of this moment are.
struct MetricsNeeds {
  FrontDesk& desk;
  Transfers& transfers;
  Sinks& sinks;
  Metrics& metrics;
};

/// Everything in the text format of Prometheus, with the catalogue's figures of this moment.
Result<std::string> metrics_text(const MetricsNeeds& needs, Instant now);

}  // namespace strongroom::api

// The management address: `/metrics` and health without authentication, for the monitoring of a machine (http-api.md
// 7.3). Off unless configured; nothing of what is held can be reached here.
#pragma once

#include <memory>

#include "ports/clock.hpp"
#include "ports/front_desk.hpp"
#include "ports/http.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"
#include "ports/sinks.hpp"
#include "ports/transfers.hpp"

namespace strongroom::api {

/// Everything outlives the handler.
struct ManagementNeeds {
  FrontDesk& desk;
  Transfers& transfers;
  Sinks& sinks;
  Metrics& metrics;
  Clock& clock;
  Log& log;
};

/// Thread-safe.
[[nodiscard]] std::unique_ptr<HttpHandler> make_management(ManagementNeeds needs);

}  // namespace strongroom::api

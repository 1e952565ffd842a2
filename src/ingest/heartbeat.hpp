// heartbeat: keeps this process's leases, and tells its rooms until when they may rely on them (pipeline.md 2.1).
// Its loop has a thread of its own; the horizon is read by all others.
#pragma once

#include <stop_token>

#include "ingest/stop.hpp"
#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"

namespace strongroom::ingest {

/// How long before expiry a worker that could not renew stops: 15 s, less where leases are shorter.
[[nodiscard]] Duration stop_margin(const LeaseTimes& times);

/// The first horizon of a process that has no lease yet.
[[nodiscard]] std::int64_t first_horizon(Clock& clock, const LeaseTimes& times);

/// Renews until a stop is asked for. One thread per process.
void run_heartbeat(Catalogue& catalogue, Clock& clock, Log& log, const OwnerId& owner, const LeaseTimes& times,
                   LeaseHorizon& horizon, std::stop_token stop);

}  // namespace strongroom::ingest

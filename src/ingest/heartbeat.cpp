#include "ingest/heartbeat.hpp"

#include <algorithm>

namespace strongroom::ingest {

Duration stop_margin(const LeaseTimes& times) { return std::min<Duration>(std::chrono::seconds(15), times.expiry / 4); }

std::int64_t first_horizon(Clock& clock, const LeaseTimes& times) {
  return (clock.since_boot() + times.expiry - stop_margin(times)).count();
}

void run_heartbeat(Catalogue& catalogue, Clock& clock, Log& log, const OwnerId& owner, const LeaseTimes& times,
                   LeaseHorizon& horizon, std::stop_token stop) {
  do {
    // Taken before the call: the catalogue counts from some moment after it.
    const Duration before = clock.since_boot();
    if (auto renewed = catalogue.renew(owner); renewed) {
      horizon = (before + times.expiry - stop_margin(times)).count();
    } else {
      log.write(LogLevel::warning, "leases not renewed", {{"why", renewed.error().text()}});
    }
  } while (clock.wait_until(clock.since_boot() + times.heartbeat, stop));
}

}  // namespace strongroom::ingest

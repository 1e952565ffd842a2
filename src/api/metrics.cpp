// `GET /metrics` (http-api.md 7.3): what was counted since the start, and what the catalogue holds now.
#include <algorithm>

#include "api/endpoints.hpp"
#include "api/metrics_text.hpp"

namespace strongroom::api {

Result<std::string> metrics_text(FrontDesk& desk, Metrics& metrics, Instant now) {
  TRY(const Tally tally, desk.tally());
  for (const Status status : {Status::accepted, Status::processing, Status::succeeded, Status::failed}) {
    metrics.set(metric::kIngests, {name_of(status)},
                static_cast<double>(tally.ingests.at(static_cast<std::size_t>(status))));
  }
  const Duration age = tally.oldest_unfinished ? std::max(Duration(0), now - *tally.oldest_unfinished) : Duration(0);
  metrics.set(metric::kOldestUnfinished, {}, std::chrono::duration<double>(age).count());
  metrics.set(metric::kRetrying, {}, static_cast<double>(tally.retrying));
  metrics.set(metric::kLeftovers, {}, static_cast<double>(tally.left_over_versions));
  metrics.set(metric::kPendingCallbacks, {}, static_cast<double>(tally.pending_deliveries));
  metrics.set(metric::kEventSequence, {}, static_cast<double>(tally.last_sequence));
  return metrics.text();
}

HttpResponse get_metrics(Call& call) {
  const ApiNeeds& needs = call.service.needs;
  auto text = metrics_text(needs.desk, needs.metrics, needs.clock.now());
  if (!text) return call.fault(text.error());
  HttpResponse response;
  response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.text = std::move(*text);
  return response;
}

}  // namespace strongroom::api

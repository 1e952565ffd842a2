// `GET /metrics` (http-api.md 7.3): what was counted since the start, and what the catalogue holds now.
#include <algorithm>

#include "api/endpoints.hpp"
#include "api/metrics_text.hpp"

namespace strongroom::api {

namespace {

double seconds_since(const std::optional<Instant>& then, Instant now) {
  const Duration age = then ? std::max(Duration(0), now - *then) : Duration(0);
  return std::chrono::duration<double>(age).count();
}

void set_transfers(const TransferTally& tally, Metrics& metrics, Instant now) {
  for (const TransferState state :
       {TransferState::received, TransferState::checking, TransferState::rejected, TransferState::submitting,
        TransferState::accepted, TransferState::processing, TransferState::stored, TransferState::failed}) {
    const auto found = tally.packages.find(state);
    const std::uint64_t count = found == tally.packages.end() ? 0 : found->second;
    metrics.set(metric::kTransfers, {name_of(state)}, static_cast<double>(count));
  }
  metrics.set(metric::kOldestTransfer, {}, seconds_since(tally.oldest_unfinished, now));
  metrics.set(metric::kMessagesAside, {}, static_cast<double>(tally.messages_aside));
}

}  // namespace

Result<std::string> metrics_text(FrontDesk& desk, Transfers& transfers, Metrics& metrics, Instant now) {
  TRY(const Tally tally, desk.tally());
  for (const Status status : {Status::accepted, Status::processing, Status::succeeded, Status::failed}) {
    metrics.set(metric::kIngests, {name_of(status)},
                static_cast<double>(tally.ingests.at(static_cast<std::size_t>(status))));
  }
  metrics.set(metric::kOldestUnfinished, {}, seconds_since(tally.oldest_unfinished, now));
  metrics.set(metric::kRetrying, {}, static_cast<double>(tally.retrying));
  metrics.set(metric::kLeftovers, {}, static_cast<double>(tally.left_over_versions));
  metrics.set(metric::kPendingCallbacks, {}, static_cast<double>(tally.pending_deliveries));
  metrics.set(metric::kEventSequence, {}, static_cast<double>(tally.last_sequence));
  TRY(const TransferTally packages, transfers.transfer_tally());
  set_transfers(packages, metrics, now);
  return metrics.text();
}

HttpResponse get_metrics(Call& call) {
  const ApiNeeds& needs = call.service.needs;
  auto text = metrics_text(needs.desk, needs.transfers, needs.metrics, needs.clock.now());
  if (!text) return call.fault(text.error());
  HttpResponse response;
  response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.text = std::move(*text);
  return response;
}

}  // namespace strongroom::api

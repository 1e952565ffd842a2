// `GET /metrics` (http-api.md 7.3): what was counted since the start, and what the catalogue holds now.
#include <algorithm>

#include "api/endpoints.hpp"
#include "api/metrics_text.hpp"
#include "events/born_digital.hpp"
#include "events/topic_sink.hpp"

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

/// Wherever it runs: nobody asks a process of its own.
Result<void> set_listener(const MetricsNeeds& needs, std::int64_t last_sequence) {
  TRY(const SinkState listener, needs.sinks.sink_state(events::topic_sink_name(events::kBornDigital)));
  if (!listener.is_known) return {};
  const std::int64_t lag = std::max<std::int64_t>(0, last_sequence - listener.position);
  needs.metrics.set(metric::kListenerLag, {events::kBornDigital}, static_cast<double>(lag));
  return {};
}

}  // namespace

Result<std::string> metrics_text(const MetricsNeeds& needs, Instant now) {
  Metrics& metrics = needs.metrics;
  TRY(const Tally tally, needs.desk.tally());
  for (const Status status : {Status::accepted, Status::processing, Status::succeeded, Status::failed}) {
    metrics.set(metric::kIngests, {name_of(status)},
                static_cast<double>(tally.ingests.at(static_cast<std::size_t>(status))));
  }
  metrics.set(metric::kOldestUnfinished, {}, seconds_since(tally.oldest_unfinished, now));
  metrics.set(metric::kRetrying, {}, static_cast<double>(tally.retrying));
  metrics.set(metric::kLeftovers, {}, static_cast<double>(tally.left_over_versions));
  metrics.set(metric::kPendingCallbacks, {}, static_cast<double>(tally.pending_deliveries));
  metrics.set(metric::kEventSequence, {}, static_cast<double>(tally.last_sequence));
  TRY(const TransferTally packages, needs.transfers.transfer_tally());
  set_transfers(packages, metrics, now);
  TRY_VOID(set_listener(needs, tally.last_sequence));
  return metrics.text();
}

HttpResponse get_metrics(Call& call) {
  const ApiNeeds& needs = call.service.needs;
  auto text = metrics_text({needs.desk, needs.transfers, needs.sinks, needs.metrics}, needs.clock.now());
  if (!text) return call.fault(text.error());
  HttpResponse response;
  response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.text = std::move(*text);
  return response;
}

}  // namespace strongroom::api

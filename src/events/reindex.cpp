#include "events/reindex.hpp"

#include <vector>

#include "base/limits.hpp"

namespace strongroom::events {
namespace {

/// Between two batches registrations and the queue have the writer.
constexpr Duration kBreath = std::chrono::milliseconds(20);
constexpr Duration kNap = std::chrono::seconds(1);
constexpr Duration kAfterTrouble = std::chrono::seconds(5);

std::string name_of(const ReindexScope& scope) {
  if (!scope.space) return "every bag";
  if (!scope.external_identifier) return "space " + scope.space->str();
  return "bag " + BagId{*scope.space, *scope.external_identifier}.str();
}

std::vector<std::string> new_ids(Entropy& entropy) {
  std::vector<std::string> ids(limits::kReindexBatch);
  for (std::string& id : ids) id = random_uuid(entropy);
  return ids;
}

}  // namespace

Result<ReindexReceipt> request_reindex(EventLog& log, Clock& clock, Entropy& entropy, const ReindexRequest& request) {
  ReindexReceipt receipt{random_uuid(entropy), clock.now()};
  Deed deed{request.client.str(),     std::string(audit_action::kReindexRequested),
            name_of(request.scope),   "done",
            request.request_id.str(), receipt.requested};
  TRY(receipt.bag_versions, log.begin_reindex({receipt.id, request.scope, receipt.requested, std::move(deed)}));
  return receipt;
}

void run_reindexing(const ReindexingNeeds& needs, const std::stop_token& stop) {
  std::vector<std::string> ids = new_ids(needs.entropy);
  while (!stop.stop_requested()) {
    const std::uint64_t seen = needs.catalogue.news(News::reindexes);
    const auto done = needs.log.continue_reindex(needs.clock.now(), ids);
    if (!done) {
      needs.journal.write(LogLevel::warning, "reindex_not_continued", {{"error", done.error().text()}});
      needs.clock.wait_until(needs.clock.since_boot() + kAfterTrouble, stop);
      continue;
    }
    if (!*done) {
      needs.catalogue.wait_for_news(News::reindexes, seen, needs.clock.since_boot() + kNap, stop);
      continue;
    }
    const ReindexBatch& batch = **done;
    if (batch.ended) {
      needs.journal.write(LogLevel::info, "reindex_ended",
                          {{"reindex", batch.id}, {"emitted", std::to_string(batch.in_all)}});
    }
    ids = new_ids(needs.entropy);
    needs.clock.wait_until(needs.clock.since_boot() + kBreath, stop);
  }
}

}  // namespace strongroom::events

#include "events/mets_indexing.hpp"

#include <algorithm>
#include <utility>

namespace strongroom::events {
namespace {

constexpr Duration kNap = std::chrono::seconds(1);
constexpr Duration kPause = std::chrono::seconds(30);
constexpr std::size_t kAtOnce = 100;
constexpr std::size_t kGlance = 2000;
/// Events of other kinds that may be looked at once more after a start.
constexpr std::int64_t kPassedOver = 1000;
constexpr std::string_view kMets = "/METS.xml";
/// A transfer whose record is being saved is left to its worker, which looks for its bag itself.
constexpr Duration kHold = std::chrono::seconds(30);

}  // namespace

MetsIndexing::MetsIndexing(const MetsIndexingNeeds& needs, std::stop_token stop)
    : needs_(needs), stop_(std::move(stop)) {}

/// Of `…/transfer-name-T/METS.xml`, whatever follows a hyphen may be the id of a transfer: ids hold hyphens themselves.
Result<void> MetsIndexing::wake(const std::string& name) {
  std::string_view directory = std::string_view(name).substr(0, name.size() - kMets.size());
  directory = directory.substr(directory.rfind('/') + 1);
  for (std::size_t at = directory.find('-'); at != std::string_view::npos; at = directory.find('-', at + 1)) {
    const TransferFilter filter{.transfer_id = std::string(directory.substr(at + 1))};
    if (filter.transfer_id->empty()) continue;
    TRY(const TransferPage found, needs_.transfers.find_transfers(filter, std::nullopt, kAtOnce));
    for (const Transfer& transfer : found.transfers) {
      if (transfer.state == TransferState::stored) continue;
      const Instant now = needs_.clock.now();
      TRY(auto claim, needs_.transfers.claim_transfer(transfer.id, now, kHold));
      if (!claim) continue;
      claim->transfer.due = now;
      TRY_VOID(needs_.transfers.save_transfer({std::move(claim->transfer), claim->fence, std::nullopt, true}, now));
    }
  }
  return {};
}

Result<void> MetsIndexing::index(const LoggedEvent& logged) {
  TRY(const RegisteredVersion version, find_version(needs_.versions.catalogue, logged.event.body));
  TRY(VersionReading reading, VersionReading::open(needs_.versions, version));
  std::vector<std::string> names;
  for (;;) {
    TRY(const DescribedFile* file, reading.next_file());
    if (file == nullptr) break;
    if (file->name.ends_with(kMets)) names.push_back(file->name);
  }
  if (names.empty()) return {};
  TRY_VOID(needs_.transfers.add_mets_names(version.bag, version.row.version, names));
  for (const std::string& name : names) TRY_VOID(wake(name));
  return {};
}

Result<bool> MetsIndexing::index_some() {
  TRY(const SinkState state, needs_.sinks.sink_state(kMetsIndexing));
  const EventFilter filter{.kinds = {"registered-bag"}};
  const std::int64_t from = std::max(state.position, seen_);
  TRY(const EventPage page, needs_.log.events_after(from, filter, kAtOnce, kGlance));
  if (page.looked_at <= from) return false;
  std::int64_t place = state.position;
  for (const LoggedEvent& logged : page.events) {
    if (stop_.stop_requested()) return temporary("asked to stop", {}, Reason::stopped);
    // What is emitted once more has been noted already.
    const Result<void> noted = logged.event.reindex ? ok() : index(logged);
    if (!noted && noted.error().act != Act::broken) return noted.error();
    // One description that cannot be read must not keep all transfers to come from being found.
    if (!noted) {
      needs_.versions.journal.write(LogLevel::error, "mets_names_unknown",
                                    {{"event", logged.event.id}, {"error", noted.error().text()}});
    }
    place = logged.event.sequence;
    TRY_VOID(needs_.sinks.settle_sink({kMetsIndexing, place, {}, {}}));
  }
  // Many events come with each bag, and each settling is a transaction.
  if (page.looked_at - place >= kPassedOver)
    TRY_VOID(needs_.sinks.settle_sink({kMetsIndexing, page.looked_at, {}, {}}));
  seen_ = page.looked_at;
  return true;
}

Result<void> MetsIndexing::catch_up() {
  for (;;) {
    TRY(const bool more, index_some());
    if (!more) return {};
  }
}

void MetsIndexing::run() {
  std::string told;
  while (!stop_.stop_requested()) {
    Catalogue& catalogue = needs_.versions.catalogue;
    const std::uint64_t seen = catalogue.news(News::events);
    const Result<bool> done = index_some();
    if (!done) {
      if (done.error().reason == Reason::stopped) return;
      if (std::exchange(told, done.error().text()) != done.error().text()) {
        needs_.versions.journal.write(LogLevel::error, "mets_index_behind", {{"error", told}});
      }
      needs_.clock.wait_until(needs_.clock.since_boot() + kPause, stop_);
      continue;
    }
    told.clear();
    if (!*done) catalogue.wait_for_news(News::events, seen, needs_.clock.since_boot() + kNap, stop_);
  }
}

}  // namespace strongroom::events

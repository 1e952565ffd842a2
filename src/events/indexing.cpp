#include "events/indexing.hpp"

#include "events/registered_version.hpp"

namespace strongroom::events {
namespace {

constexpr Duration kNap = std::chrono::seconds(1);
constexpr Duration kAfterTrouble = std::chrono::seconds(30);
constexpr std::size_t kAtOnce = 50;
constexpr std::size_t kGlance = 2000;

std::string words_of(const BagInfo& info) {
  std::string words;
  for (const auto& [label, value] : info.fields) words.append(value).push_back('\n');
  return words;
}

Result<void> take_in(const IndexingNeeds& needs, const std::string& body) {
  TRY(const RegisteredVersion registered, find_version(needs.catalogue, body));
  TRY(VersionReading reading,
      VersionReading::open({needs.catalogue, needs.records, needs.locations, needs.journal}, registered));
  const IndexedVersion version{registered.bag, registered.row.version, registered.row.registration->created,
                               words_of(reading.head().info)};
  return needs.index.add(version, [&] { return reading.next_file(); });
}

}  // namespace

Result<bool> index_some(const IndexingNeeds& needs) {
  TRY(const std::int64_t position, needs.index.position());
  TRY(const EventPage page, needs.log.events_after(position, {{"registered-bag"}, {}, {}}, kAtOnce, kGlance));
  if (page.looked_at <= position) return false;
  for (const LoggedEvent& logged : page.events) {
    TRY_VOID(take_in(needs, logged.event.body));
    TRY_VOID(needs.index.advance(logged.event.sequence));
  }
  TRY_VOID(needs.index.advance(page.looked_at));
  return true;
}

void run_indexing(const IndexingNeeds& needs, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const std::uint64_t seen = needs.catalogue.news(News::events);
    const auto done = index_some(needs);
    if (!done) {
      needs.journal.write(LogLevel::error, "search_index_behind", {{"error", done.error().text()}});
      needs.clock.wait_until(needs.clock.since_boot() + kAfterTrouble, stop);
    } else if (!*done) {
      needs.catalogue.wait_for_news(News::events, seen, needs.clock.since_boot() + kNap, stop);
    }
  }
}

}  // namespace strongroom::events

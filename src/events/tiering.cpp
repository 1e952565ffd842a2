#include "events/tiering.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "domain/layout.hpp"
#include "events/registered_version.hpp"

namespace strongroom::events {
namespace {

/// Providers take from seconds to a day.
constexpr Duration kBetweenLooks = std::chrono::minutes(5);
constexpr Duration kNap = std::chrono::seconds(5);
constexpr Duration kAfterTrouble = std::chrono::seconds(30);
constexpr std::size_t kGlance = 2000;
constexpr std::size_t kPage = 1000;

}  // namespace

/// The next version that the location has, and the place in the log when it has been dealt with.
struct Tiering::Next {
  std::optional<RegisteredVersion> version;
  std::int64_t position = 0;
};

Tiering::Tiering(const TieringNeeds& needs, const LocationFacts& location, std::stop_token stop)
    : needs_(needs),
      location_(location),
      asked_("tiering " + location.uuid + " asked"),
      moved_("tiering " + location.uuid + " moved"),
      stop_(std::move(stop)) {}

Result<Tiering::Next> Tiering::next_behind(std::int64_t position, std::int64_t up_to) {
  TRY(const EventPage page, needs_.log.events_after(position, {{"registered-bag"}, {}, {}}, 1, kGlance));
  if (page.events.empty()) return Next{std::nullopt, std::min(std::max(page.looked_at, position), up_to)};
  const OutgoingEvent& event = page.events.front().event;
  if (event.sequence > up_to) return Next{std::nullopt, position};
  TRY(RegisteredVersion version, find_version(needs_.catalogue, event.body));
  const std::vector<std::string>& uuids = version.row.registration->location_uuids;
  if (std::find(uuids.begin(), uuids.end(), location_.uuid) == uuids.end()) {
    return Next{std::nullopt, event.sequence};
  }
  return Next{std::move(version), event.sequence};
}

Result<std::size_t> Tiering::visit_unmoved(const std::string& prefix, bool asks) {
  std::size_t count = 0;
  std::string after;
  for (;;) {
    TRY(const std::vector<TieredObject> page, needs_.archiver.list(prefix, after, kPage));
    for (const TieredObject& object : page) {
      if (object.is_archived) continue;
      if (stop_.stop_requested()) return temporary("asked to stop", {}, Reason::stopped);
      if (asks) TRY_VOID(needs_.archiver.archive(object.key));
      ++count;
    }
    if (page.size() < kPage) return count;
    after = page.back().key;
  }
}

Result<void> Tiering::settle(const std::string& place, std::int64_t position) {
  return needs_.sinks.settle_sink({place, position, {}, {}});
}

Result<bool> Tiering::ask_next() {
  TRY(const SinkState state, needs_.sinks.sink_state(asked_));
  TRY(const Next next, next_behind(state.position, std::numeric_limits<std::int64_t>::max()));
  if (next.position <= state.position) return false;
  if (next.version) {
    TRY_VOID(visit_unmoved(layout::version_prefix(next.version->bag, next.version->row.version), true));
  }
  TRY_VOID(settle(asked_, next.position));
  return true;
}

Result<bool> Tiering::confirm_next() {
  TRY(const SinkState asked, needs_.sinks.sink_state(asked_));
  TRY(const SinkState state, needs_.sinks.sink_state(moved_));
  needs_.metrics.set(metric::kTieringSequence, {location_.name.str()}, static_cast<double>(state.position));
  TRY(const Next next, next_behind(state.position, asked.position));
  if (next.position <= state.position) return false;
  if (next.version) {
    const BagId& bag = next.version->bag;
    const Version version = next.version->row.version;
    TRY(const std::size_t left, visit_unmoved(layout::version_prefix(bag, version), false));
    if (left > 0) return false;
    const Deed deed{"service",
                    std::string(audit_action::kVersionArchived),
                    bag.str() + " " + version.str(),
                    "moved to the archive tier of " + location_.name.str(),
                    {},
                    needs_.clock.now()};
    TRY_VOID(needs_.catalogue.remember(archived_fact(location_.uuid, bag, version), "archive", &deed));
    needs_.journal.write(LogLevel::info, "version_archived",
                         {{"location", location_.name.str()}, {"bag", bag.str()}, {"version", version.str()}});
  }
  TRY_VOID(settle(moved_, next.position));
  return true;
}

void Tiering::run() {
  std::string told;
  Duration next_look{};
  while (!stop_.stop_requested()) {
    const std::uint64_t seen = needs_.catalogue.news(News::events);
    Result<bool> done = ask_next();
    if (done && (*done || needs_.clock.since_boot() >= next_look)) {
      const Result<bool> confirmed = confirm_next();
      if (!confirmed) done = confirmed.error();
      if (confirmed && *confirmed) continue;
      next_look = needs_.clock.since_boot() + kBetweenLooks;
    }
    if (!done) {
      if (done.error().reason == Reason::stopped) return;
      if (std::exchange(told, done.error().text()) != done.error().text()) {
        needs_.journal.write(LogLevel::error, "tiering_behind", {{"location", location_.name.str()}, {"error", told}});
      }
      needs_.clock.wait_until(needs_.clock.since_boot() + kAfterTrouble, stop_);
      continue;
    }
    told.clear();
    if (*done) continue;
    needs_.catalogue.wait_for_news(News::events, seen, needs_.clock.since_boot() + kNap, stop_);
  }
}

}  // namespace strongroom::events

#include "ingest/walker.hpp"

#include <exception>

#include "ingest/walk.hpp"

namespace strongroom::ingest {
namespace {

/// How long a walker waits before it looks for work that nobody told it of: leases that ran out, bags of dead owners.
constexpr Duration kIdle = std::chrono::seconds(1);
/// Pause after trouble that is of no step: working storage or the catalogue.
constexpr Duration kTrouble = std::chrono::seconds(10);

}  // namespace

Walker::Walker(const WalkerNeeds& needs, const WalkerSettings& settings, OwnerId owner, int hand)
    : needs_(needs), settings_(settings), owner_(std::move(owner)), hand_(hand) {}

Walker::~Walker() = default;

Result<bool> Walker::walk_one(std::stop_token stop) {
  TRY(std::optional<Claim> claim, needs_.doors.catalogue.claim(owner_, hand_));
  // A walk that was left is given to this hand again first. Anything else means that the bag is somebody else's by now.
  if (left_ && (!claim || claim->lease != left_->lease())) left_->clear_up();
  left_.reset();
  if (!claim) return false;
  needs_.log.write(LogLevel::info, "claimed",
                   {{"ingest", claim->ingest.str()},
                    {"bag", claim->lease.bag.str()},
                    {"fence", std::to_string(claim->lease.fence.number)},
                    {"owner_lost", claim->owner_lost ? "yes" : "no"}});
  auto walk = std::make_unique<Walk>(needs_, settings_, std::move(*claim), stop);
  const auto walked = walk->run();
  if (walked) return true;
  const Reason why = walked.error().reason;
  needs_.log.write(why == Reason::stopped ? LogLevel::info : LogLevel::warning, "walk left",
                   {{"bag", walk->lease().bag.str()}, {"why", walked.error().text()}});
  // Trouble between two doors: later again.
  const bool parked = why != Reason::stopped && why != Reason::stale_lease && walk->park(kTrouble).has_value();
  if (why == Reason::stale_lease) {
    walk->clear_up();
  } else if (!parked) {
    left_ = std::move(walk);
  }
  return true;
}

void Walker::run(std::stop_token stop) {
  Clock& clock = needs_.doors.clock;
  while (!stop.stop_requested()) {
    const std::uint64_t seen = needs_.doors.catalogue.news(News::bags);
    auto walked = walk_one(stop);
    if (!walked) {
      needs_.log.write(LogLevel::error, "claim failed", {{"why", walked.error().text()}});
      clock.wait_until(clock.since_boot() + kIdle, stop);
    } else if (!*walked) {
      needs_.doors.catalogue.wait_for_news(News::bags, seen, clock.since_boot() + kIdle, stop);
    }
  }
}

}  // namespace strongroom::ingest

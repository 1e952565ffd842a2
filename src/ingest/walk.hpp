// Walk: one claimed bag, from door to door. Used by the walker only; one thread, which spreads over the workers where
// locations are written side by side.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "ingest/draft.hpp"
#include "ingest/walker.hpp"

namespace strongroom::ingest {

class Walk {
 public:
  Walk(const WalkerNeeds& needs, const WalkerSettings& settings, Claim claim, std::stop_token process);

  /// Until the ingest has ended, the bag is parked, or the lease is lost. An Error is for the log: whatever it is, the
  /// catalogue holds all that is needed to go on.
  Result<void> run();

  [[nodiscard]] const Lease& lease() const { return claim_.lease; }

  /// After the lease was lost: removes what this walk left in working storage and staging. Whoever has the bag now uses
  /// nothing of a worker that may still live (CORRECTNESS 1.4), and nobody else comes back for it.
  void clear_up();

  /// Gives the bag a rest: it stays with this process and is claimed again after `after`.
  Result<void> park(Duration after);

 private:
  /// How a lane came to its end.
  enum class LaneEnd : std::uint8_t { joined, waits, failed, ended, left };
  struct Lane {
    LaneEnd end = LaneEnd::joined;
    std::optional<Duration> retry_after;
    std::optional<Error> error;  ///< when left
  };

  /// What closing a door led to: the door this lane goes on to, if any.
  struct Closed {
    std::optional<StepKey> next;
    bool failed = false;
    bool ended = false;  ///< the ingest has succeeded and the lease is given up
    std::optional<Duration> retry_after;
  };

  Result<RunView> look();
  Result<std::optional<Duration>> count_loss();
  Result<void> open_area();
  static void draw_up_rewind(SettleDraft& draft);
  Result<void> walk_doors();
  Result<void> ensure_open(const RunView& view, const std::vector<StepKey>& doors);
  Lane walk_lane(StepKey key);
  Result<DoorOutcome> enter(const StepKey& key);
  Result<void> describe_once(DoorContext& context);
  Result<Closed> close(const StepKey& key, const DoorOutcome& outcome);
  static std::optional<StepKey> next_of_lane(const SettleDraft& draft, const StepKey& key);
  void draw_up_passed(SettleDraft& draft, const StepKey& key, const Passed& passed, const RunView& view);
  void draw_up_assignment(SettleDraft& draft, const Assignment& assignment, const RunView& view);
  void draw_up_registered(SettleDraft& draft, const Registration& registration, const RunView& view);
  Closed draw_up_trouble(SettleDraft& draft, const StepKey& key, const Error& error, const RunView& view);
  void queue_callback(SettleDraft& draft, const RunView& view);
  [[nodiscard]] Deed deed(std::string_view action, std::string object, std::string_view outcome,
                          const RunView& view) const;
  /// The record of a run's end.
  [[nodiscard]] RecordDeed ended(const RunView& view, std::string_view outcome) const;
  void measure(const StepKey& key, const Result<Passed>& result, bool failed, Instant started);
  void sweep(const Place& place, Fence above);
  Result<void> conclude();
  bool may_release(const RunView& view, const VersionRow& row);
  /// Looks, lets `draw` fill a draft, and settles it; again when the ingest changed in between or the catalogue is in
  /// trouble, until a stop is asked for.
  Result<void> settle(const std::function<Afterwards(SettleDraft&, const RunView&)>& draw,
                      std::optional<Duration> due = std::nullopt);
  TroubleContext trouble(const SettleDraft& draft, const StepKey& key, const RunView& view);
  [[nodiscard]] std::vector<Place> places_of(const RunView& view) const;
  [[nodiscard]] std::vector<LocationFacts> locations_of(const RunView& view) const;
  void log(LogLevel level, std::string_view event, const StepKey& key, std::string detail);

  const WalkerNeeds& needs_;
  const WalkerSettings& settings_;
  Claim claim_;
  std::stop_token process_;
  std::stop_source lanes_;  ///< asked when a location has failed: the others stop
  Stop stop_;
  std::unique_ptr<WorkArea> area_;
};

}  // namespace strongroom::ingest

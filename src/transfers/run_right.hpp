// The right to run the monitor: one run at a time, over all instances that share a catalogue (transfers.md 12.1).
//
// Runs have numbers, and who makes a number known first has it: Catalogue::remember() keeps the first value for ever,
// so that two can never get the same one. A number is passed over once it was given back, has not been renewed in time,
// or its owner is proven dead. Whoever was passed over learns of it at the next renewal, which comes before every
// effect. One thread.
#pragma once

#include <optional>
#include <string>

#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/entropy.hpp"
#include "ports/transfers.hpp"

namespace strongroom::transfers {

/// Everything outlives the right.
struct RunRightNeeds {
  Catalogue& catalogue;
  Transfers& transfers;
  Clock& clock;
  Entropy& entropy;
  Owners* owners;  ///< who is dead; null when nobody can tell, and only time passes a number over
  OwnerId owner;   ///< of this process; empty when it keeps no lock by which its death could be told
};

class RunRight {
 public:
  /// So long it lasts without a renewal: longer than any single step between two of them.
  static constexpr Duration kHold = std::chrono::minutes(5);

  /// Nothing while another run is under way. An Error is the catalogue's, here and below.
  static Result<std::optional<RunRight>> take(const RunRightNeeds& needs);
  /// What was not given back is, as far as that is possible.
  ~RunRight();
  RunRight(RunRight&& other) noexcept;
  RunRight& operator=(RunRight&&) = delete;

  /// Lasts anew. Reason::stale_lease (temporary) when it has run out, or another one has taken over.
  Result<void> renew();
  /// The next one may run at once.
  Result<void> give_back();

 private:
  RunRight(const RunRightNeeds& needs, std::uint64_t number, Instant until)
      : needs_(&needs), number_(number), until_(until) {}

  const RunRightNeeds* needs_;  ///< null once it was given back or moved away
  const std::uint64_t number_;
  Instant until_;
};

}  // namespace strongroom::transfers

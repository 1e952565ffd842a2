// walker: claim → room → route → settle. The only loop.
//
// A Walker claims one bag at a time and walks its ingest from door to door until it is stored, has failed, or has to
// wait. Each Walker belongs to one thread; any number of them share the same needs.
#pragma once

#include <memory>
#include <stop_token>

#include "ingest/doors.hpp"
#include "ingest/trouble.hpp"
#include "ports/entropy.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"

namespace strongroom::ingest {

struct WalkerNeeds {
  DoorNeeds doors;
  Entropy& entropy;
  Log& log;
  const std::vector<Place>& places;  ///< all configured ones, in configured order
  const LeaseHorizon& horizon;
  Metrics& metrics;
};

struct WalkerSettings {
  DoorSettings doors;
  RetryPolicy retry;
};

class Walk;

class Walker {
 public:
  /// `needs` and `settings` outlive the walker. `hand` is its number among the threads of the owner.
  Walker(const WalkerNeeds& needs, const WalkerSettings& settings, OwnerId owner, int hand);
  ~Walker();

  /// Claims a bag and walks it as far as it goes now. False when there was none to claim.
  Result<bool> walk_one(std::stop_token stop);

  /// walk_one() again and again, waiting where there is nothing to do, until a stop is asked for.
  void run(std::stop_token stop);

 private:
  const WalkerNeeds& needs_;
  const WalkerSettings& settings_;
  OwnerId owner_;
  int hand_;
  std::unique_ptr<Walk> left_;  ///< ended before its lease was given up
};

}  // namespace strongroom::ingest

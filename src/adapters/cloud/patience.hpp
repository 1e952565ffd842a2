// How often, and after what pauses, a call to a provider is repeated before it counts as failed.
//
// What goes on failing is left to the pipeline, which tries again for a day (pipeline.md 2.4); this is for the one
// answer in a thousand that would otherwise have a whole step done again. A Patience is a value; an Attempts belongs to
// one call.
#pragma once

#include <chrono>
#include <stop_token>

#include "base/instant.hpp"
#include "ports/clock.hpp"
#include "ports/entropy.hpp"

namespace strongroom::cloud {

struct Patience {
  int attempts = 6;
  Duration first = std::chrono::milliseconds(200);
  Duration longest = std::chrono::seconds(10);
};

/// The waits of one call: doubling, each spread over half to one and a half of itself.
class Attempts {
 public:
  /// A `stop` ends the patience at once.
  Attempts(const Patience& patience, Clock& clock, Entropy& entropy, std::stop_token stop = {})
      : patience_(patience), clock_(clock), entropy_(entropy), stop_(std::move(stop)), pause_(patience.first) {}

  /// Waits, at least as long as the provider asked for (up to `longest`); false when the patience is at its end.
  bool again(Duration asked = {});
  /// Something got on: the patience is as it was at first.
  void progress();

 private:
  const Patience patience_;
  Clock& clock_;
  Entropy& entropy_;
  const std::stop_token stop_;
  int made_ = 1;
  Duration pause_;
};

}  // namespace strongroom::cloud

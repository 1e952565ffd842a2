// Rechecking: files that are known to be damaged are read again now and then, so that a copy that was put back is known
// to be right where nobody asks for it: readers are served by the primary location as long as that is well.
//
// Nothing is written to a location. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "domain/location.hpp"
#include "ports/damage.hpp"
#include "ports/object_store.hpp"

namespace strongroom::care {

/// Everything outlives the rechecking.
struct RecheckNeeds {
  KnownDamage& known;
  DamageNotes& notes;
  const std::vector<LocationFacts>& facts;
  const std::vector<ObjectStore*>& stores;  ///< in the order of `facts`
};

/// What a round costs each location at most; the next one goes on behind.
struct RecheckBounds {
  std::size_t files = 10'000;
  std::uint64_t bytes = 64 * limits::kGiB;  ///< the last file may exceed it
};

class Rechecking {
 public:
  explicit Rechecking(const RecheckNeeds& needs, const RecheckBounds& bounds = {});

  /// Looks at the next files of every location that can be read; a file that is right again ends its damage. What
  /// cannot be read stays as it is known. An Error is the register's, or that a stop was asked for.
  Result<void> round(const std::stop_token& stop);

 private:
  Result<void> look_through(std::size_t location, const std::stop_token& stop);
  Result<bool> is_right(ObjectStore& store, const FileCopy& copy, const std::stop_token& stop);

  const RecheckNeeds needs_;
  const RecheckBounds bounds_;
  std::map<std::string, std::string> after_;  ///< by uuid: the key behind which the location goes on
};

}  // namespace strongroom::care

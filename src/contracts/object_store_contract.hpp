// The contract of ports/object_store.hpp: create-only, whole or nothing, listed in order.
// Run by the tests of each adapter.
#pragma once

#include <string>
#include <vector>

#include "contracts/contract.hpp"
#include "ports/object_store.hpp"
#include "ports/workers.hpp"

namespace strongroom::contracts {

/// What the checks are run on; all of it outlives them.
struct StoreUnderTest {
  ObjectStore& store;
  Workers& workers;    ///< should run several at once, so that races are races
  std::string prefix;  ///< ends in `/`, nothing lies below it; what the checks write there stays
};

/// The one check that needs a store to know who comes first: no promise where a key is only looked at before a write.
inline constexpr const char* kRaceCheck = "of_racers_with_different_bytes_one_wins";

[[nodiscard]] std::vector<NamedCheck> object_store_checks(const StoreUnderTest& subject);

}  // namespace strongroom::contracts

// The contract of ports/deposit.hpp: nothing is visible before commit, nothing stored is ever changed (CORRECTNESS 1.4
// to 1.7, 2.7).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "contracts/contract.hpp"
#include "ports/deposit.hpp"
#include "ports/workers.hpp"

namespace strongroom::contracts {

/// What the checks are run on; all of it outlives them.
struct DepositUnderTest {
  Depository& depository;
  ObjectStore& store;  ///< of the same location
  Workers& workers;
  std::string run;  ///< made part of every bag's identifier: letters and digits, new for each run on the same location
  /// Ways past the service, for tests: writes bytes at a key (staging keys included), removes what is there, lists the
  /// keys in staging. Checks that need them are left out without them.
  std::function<void(const std::string& key, const std::string& bytes)> plant = {};
  std::function<void(const std::string& key)> lose = {};
  std::function<std::vector<std::string>()> staged = {};
};

/// Checks for locations with staging.
[[nodiscard]] std::vector<NamedCheck> staged_deposit_checks(const DepositUnderTest& subject);
/// Checks for locations where every file goes to its final key at once; they need none of the ways past the service.
[[nodiscard]] std::vector<NamedCheck> direct_deposit_checks(const DepositUnderTest& subject);

}  // namespace strongroom::contracts

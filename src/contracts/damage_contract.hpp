// What every register of known damage promises (ports/damage.hpp), as checks that run on any adapter, each on an empty
// one. Run by the tests of each adapter.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ports/damage.hpp"

namespace strongroom::contracts {

struct DamageCheck {
  std::string name;  ///< CamelCase, the promise in a few words
  std::function<Result<void>(KnownDamage&)> run;
};

/// An Error's text is the condition that does not hold and where it stands.
[[nodiscard]] std::vector<DamageCheck> damage_checks();

}  // namespace strongroom::contracts

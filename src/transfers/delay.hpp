// When a package that met trouble is tried again, and when that ends (transfers.md 2.3).
//
// Pure functions of what is known and of one number of chance. Any thread.
#pragma once

#include <optional>
#include <string>

#include "domain/transfer.hpp"

namespace strongroom::transfers {

/// What stood in the way. Neither kind is the archivist's.
struct Trouble {
  std::string cause;              ///< in plain words, without addresses, users and keys
  bool operator_problem = false;  ///< credentials, addresses, missing configuration
  std::optional<Duration> retry_after{};
};

/// The note on a package after one more attempt in vain. `chance` in [0, 1) spreads attempts by a fifth either way.
/// Times for which transient problems are retried begin anew once an operator's problem has ended.
[[nodiscard]] TransferDelay delayed_again(const std::optional<TransferDelay>& before, const Trouble& trouble,
                                          Instant now, double chance);

/// Transient trouble has lasted for all of `retry_for`. Never true of an operator's problem.
[[nodiscard]] bool is_given_up(const TransferDelay& delay, Duration retry_for, Instant now);

}  // namespace strongroom::transfers

// Steering: what becomes of a package when an operator orders it tried again, or dismisses it (transfers.md 2.5).
//
// Pure functions from record to record; the caller saves the result by Transfers::change_transfer(). That the bound
// object version is still the current one is checked by the worker that takes the package next, before it does anything
// else: the package is `replaced` or `vanished` otherwise. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "domain/transfer.hpp"

namespace strongroom::transfers {

/// The default of `transfers.overdueAfter`.
inline constexpr Duration kOverdueAfter = std::chrono::hours(48);

/// As it is to be kept: a rejected one is checked again, one that failed before Archivematica accepted it is queued
/// again with the same idempotency key, a delayed one is tried now, a held one is let go. After an acceptance, or when
/// nobody knows whether there was one, `new_submission` starts a second transfer under a new key; where none is needed
/// it changes nothing. Rejected with Reason::conflict, `what` being the reason, for all others. `by` is who ordered it.
[[nodiscard]] Result<Transfer> retried(const Transfer& before, bool new_submission, std::string_view by, Instant now);

/// As it is to be kept: out of the reports, nothing else. Rejected with Reason::conflict for what is in none of them:
/// it must be rejected, failed, held, or at Archivematica for longer than `overdue_after`. Rejected with Reason::other
/// when `reason` is blank.
[[nodiscard]] Result<Transfer> dismissed(const Transfer& before, std::string_view reason, std::string_view by,
                                         Instant now, Duration overdue_after);

}  // namespace strongroom::transfers

// The self-check of the companions: everything they need, looked at once (transfers.md 15).
//
// For `transfers check`, and for watch and monitor as they start. Nothing is posted, and nothing changes but a probe
// where one is wanted and a fact in the catalogue. It takes as long as those take that do not answer, up to minutes.
// One thread.
#pragma once

#include <stop_token>
#include <vector>

#include "cli/companions.hpp"
#include "ports/event_log.hpp"
#include "ports/sinks.hpp"
#include "transfers/self_check.hpp"

namespace strongroom::cli {

/// Everything outlives the call.
struct SelfCheckNeeds {
  Companions& companions;
  EventLog& log;
  Sinks& sinks;
  std::stop_token stop{};  ///< nothing more is asked once a stop is
};

/// Items 1 to 9, in order, or after a stop some of them; no text holds a secret. With `write_probe` a small object is
/// written into each area, tagged and removed again.
[[nodiscard]] std::vector<transfers::CheckItem> check_companions(const SelfCheckNeeds& needs, bool write_probe = false);

/// The check of a service that starts: what it finds goes into the log and to operators, unless a stop comes first.
void check_at_start(const SelfCheckNeeds& needs);

}  // namespace strongroom::cli

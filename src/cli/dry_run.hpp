// One dry run, followed until its report is there: how far it has come on a terminal, then what was found.
//
// The report may be of any size and is read as it arrives. A service that stops answering is asked again for a while.
// One thread.
#pragma once

#include <cstddef>
#include <string>

#include "cli/api_session.hpp"
#include "cli/command.hpp"
#include "cli/follow.hpp"

namespace strongroom::cli {

struct DryRunShow {
  std::size_t first = 10;  ///< problems of each rule
  bool json = false;       ///< the report and nothing else
};

/// Exit::success when the bag would be stored, Exit::failed when it would be refused. `begun` is the service's answer
/// to the request.
[[nodiscard]] Exit follow_dry_run(ApiSession& session, const Surroundings& surroundings, Follower& follower,
                                  const DryRunShow& show, const std::string& begun);

/// A word as a shell takes it back.
[[nodiscard]] std::string shell_word(const std::string& text);

}  // namespace strongroom::cli

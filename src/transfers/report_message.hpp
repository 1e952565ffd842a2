// The monitor's report as messages of Slack: composed, escaped, and split so that each keeps within its limits
// (transfers.md 12.3 to 12.5).
//
// Whatever keys and reasons look like, each package has exactly one line, none is left out, and no message has more
// than 45 blocks, a text of more than 2,900 units or texts of more than 10,000 in all, in UTF-16. Pure functions: any
// thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "transfers/report.hpp"

namespace strongroom::transfers {

struct ReportFrame {
  std::string environment = "prod";
  int days = 1;                ///< as report_days() has it
  bool several_areas = false;  ///< lines tell which one
};

/// JSON, to be sent in this order. `entries` in the order of the report; without any, one message that nothing
/// happened.
[[nodiscard]] std::vector<std::string> report_messages(const std::vector<ReportEntry>& entries,
                                                       const ReportFrame& frame);

/// Length of a UTF-8 text in UTF-16, each byte that is not UTF-8 counted as one unit.
[[nodiscard]] std::size_t utf16_length(std::string_view text);

}  // namespace strongroom::transfers

// Where the monitor's reports go: a chat, files, or standard output (transfers.md 1.2, 12.3).
//
// One thread at a time.
#pragma once

#include <memory>

#include "adapters/host/console.hpp"
#include "cli/config.hpp"
#include "ports/webhook.hpp"
#include "transfers/reporting.hpp"

namespace strongroom::cli {

/// The sink of the configuration. Everything outlives it; `webhook` and `console` may be null where reports go
/// elsewhere. Broken when the one that is wanted is null.
[[nodiscard]] Result<std::unique_ptr<transfers::ReportOutput>> make_report_output(const Config& config,
                                                                                  Webhook* webhook,
                                                                                  host::Console* console);
/// Takes everything and keeps nothing: the answer of the command is the report.
[[nodiscard]] std::unique_ptr<transfers::ReportOutput> make_no_output();

}  // namespace strongroom::cli

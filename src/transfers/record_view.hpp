// The document of a package as the API, the command line and the event stream show it (transfers.md 16.1).
//
// Made in one place, so that they never differ. Pure functions; the text has no insignificant whitespace.
#pragma once

#include <string>
#include <string_view>

#include "domain/transfer.hpp"

namespace strongroom::transfers {

/// The document; without `context_url` it has no `@context`, as an entry of a list and the body of a `transfer-update`.
/// Logs that were removed again are left out. Bytes that are not UTF-8 are shown as U+FFFD.
[[nodiscard]] std::string record_view(const Transfer& transfer, std::string_view context_url = {});

/// The log with this result that was composed last, removed or not; null when there is none.
[[nodiscard]] const TransferLog* find_log(const Transfer& transfer, std::string_view result);

}  // namespace strongroom::transfers

// The kinds of outgoing events (http-api.md 6.1), for those who choose among them.
// Constants; any thread.
#pragma once

#include <array>
#include <string_view>

namespace strongroom {

inline constexpr std::string_view kTransferUpdate = "transfer-update";
inline constexpr std::string_view kOperatorAlert = "operator-alert";

inline constexpr std::array<std::string_view, 5> kEventKinds = {"registered-bag", "ingest-update", "bag-update",
                                                                kTransferUpdate, kOperatorAlert};

/// Those that the right to events is enough for, and that somebody gets who names none. `transfer-update` asks for
/// `transfers:read` as well, `operator-alert` for `operator` (transfers.md 16.1).
inline constexpr std::array<std::string_view, 3> kOpenEventKinds = {"registered-bag", "ingest-update", "bag-update"};

}  // namespace strongroom

// What the files about transfers share: their outgoing events, and ranges of texts.
// All inside a caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/catalogue/sqlite/database.hpp"
#include "domain/event_kinds.hpp"
#include "ports/transfers.hpp"

namespace strongroom::sqlite {

Result<void> append_notice(Connection& db, std::string_view kind, const TransferNotice& notice, Instant now);

/// The first text, byte by byte, behind all that begin with `prefix`; nothing when there is none behind them.
[[nodiscard]] std::optional<std::string> end_of_prefix(std::string_view prefix);

}  // namespace strongroom::sqlite

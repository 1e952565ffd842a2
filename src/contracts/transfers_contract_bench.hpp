// What the checks of the contract of transfers share: times, names and events that tell themselves apart.
// Private to the contract; plain values.
#pragma once

#include <string>
#include <vector>

#include "contracts/transfers_contract.hpp"

namespace strongroom::contracts {

/// So many seconds after the morning on which everything happens.
inline Instant at(int second) { return *parse_instant("2026-07-31T08:00:00Z") + std::chrono::seconds(second); }

/// Ends in the number.
inline std::string uuid(int number) {
  const std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

/// Its body tells the number.
inline TransferNotice notice(int number, const std::string& space = "born-digital") {
  return {uuid(900'000 + number), space, R"({"n":)" + std::to_string(number) + "}"};
}

/// Those about what is remembered beside the packages.
[[nodiscard]] std::vector<TransfersCheck> transfer_fact_checks();

}  // namespace strongroom::contracts

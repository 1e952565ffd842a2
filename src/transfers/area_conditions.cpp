#include "transfers/area_conditions.hpp"

namespace strongroom::transfers {
namespace {

constexpr const char* kKept = "kept";
constexpr const char* kIgnored = "ignored";

std::string fact_of(const std::string& area) { return "conditions of " + area; }

}  // namespace

Result<void> note_conditions(Transfers& transfers, const std::string& area, bool kept) {
  return transfers.set_transfer_fact(fact_of(area), kept ? kKept : kIgnored);
}

Result<std::optional<bool>> known_conditions(Transfers& transfers, const std::string& area) {
  TRY(const std::string noted, transfers.transfer_fact(fact_of(area)));
  return noted.empty() ? std::optional<bool>() : std::optional(noted != kIgnored);
}

}  // namespace strongroom::transfers

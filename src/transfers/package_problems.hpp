// What of a single package operators are told of once, and until when it lasts (transfers.md 10.5, 10.7, 11, 16.3).
//
// Pure functions of the record. Any thread.
#pragma once

#include <string_view>

#include "domain/transfer.hpp"

namespace strongroom::transfers {

/// As Transfer::alerted and the names of alerts have them.
namespace package_problem {
inline constexpr std::string_view kSilent = "silent";           ///< accepted, and nothing is told of it
inline constexpr std::string_view kBacklog = "backlog";         ///< waits in Archivematica's backlog
inline constexpr std::string_view kUserInput = "user-input";    ///< waits for a person in Archivematica
inline constexpr std::string_view kTags = "tags";               ///< accepted, and its tags are still to be written
inline constexpr std::string_view kSuccessLog = "success-log";  ///< accepted, and its log is still to be written
inline constexpr std::string_view kRefusal = "refusal";         ///< refused by Archivematica for what it is
inline constexpr std::string_view kUncertain = "uncertain";     ///< nobody knows whether Archivematica has it
}  // namespace package_problem

/// What operators were told of the package is still so.
[[nodiscard]] bool lasts(const Transfer& transfer, std::string_view problem);

}  // namespace strongroom::transfers

// The schema of the catalogue in numbered migrations, embedded in the program.
//
// A migration that was released is never edited; a change is a new file with the next number, in migrations/.
#pragma once

#include <cstdint>

#include "base/result.hpp"

namespace strongroom::sqlite {

class Connection;

/// `application_id` of the file: "STRG".
inline constexpr std::int64_t kApplicationId = 0x53545247;
/// The schema this program knows: the number of its last migration.
extern const std::int64_t kSchemaVersion;

/// Turns an empty file into a catalogue, or brings an older one up to date, one transaction a migration. Broken with
/// Reason::unsupported for a newer schema and for the file of another program. The caller has it to itself.
Result<void> migrate(Connection& connection);

}  // namespace strongroom::sqlite

// The schemas of our files in numbered migrations, embedded in the program.
//
// A migration that was released is never edited; a change is a new file with the next number.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.hpp"

namespace strongroom::sqlite {

class Connection;

/// What a file is, and how it comes to be that.
struct Schema {
  std::string_view name;         ///< `catalogue`
  std::int64_t application = 0;  ///< `application_id` of the file
  std::span<const char* const> migrations;

  /// The number of the last migration.
  [[nodiscard]] std::int64_t version() const { return static_cast<std::int64_t>(migrations.size()); }
};

/// "STRG"
[[nodiscard]] const Schema& catalogue_schema();
/// "STRF"
[[nodiscard]] const Schema& search_schema();

/// Makes an empty file one of the schema, or brings an older one up to date, one transaction a migration. Broken with
/// Reason::unsupported for a newer schema and for the file of another program. The caller has it to itself.
Result<void> migrate(Connection& connection, const Schema& schema);

}  // namespace strongroom::sqlite

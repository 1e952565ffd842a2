// A version number of a bag and what it names: the pure rules of pipeline.md 6.
// Plain values and pure functions: any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "domain/identifiers.hpp"
#include "domain/ingest.hpp"

namespace strongroom {

enum class VersionState : std::uint8_t {
  reserved,    ///< belongs to an unfinished run
  left_over,   ///< a failed run may have written under it: never given to another ingest
  registered,  ///< visible
};
[[nodiscard]] std::string_view name_of(VersionState state);
[[nodiscard]] std::optional<VersionState> parse_version_state(std::string_view name);

/// What registration adds to a version (CORRECTNESS 3.2: no rows per file).
struct Registration {
  Instant created;         ///< when it was registered
  Instant ingest_created;  ///< createdDate of its ingest: the next one must be newer
  std::string description_sha256;
  std::uint64_t description_size = 0;
  std::uint64_t file_count = 0;
  std::uint64_t byte_count = 0;
  std::string sparse_index;  ///< every 1,000th name and its byte offset in the description, as JSON
  std::vector<std::string> location_uuids;
  friend bool operator==(const Registration&, const Registration&) = default;
};

struct VersionRow {
  Version version;
  VersionState state = VersionState::reserved;
  IngestId ingest;
  /// Committed before the first write to a final key under this number (CORRECTNESS 1.3).
  bool final_write_attempted = false;
  std::optional<Registration> registration;  ///< when registered
  friend bool operator==(const VersionRow&, const VersionRow&) = default;
};

/// The registered row with the highest number; null when there is none.
[[nodiscard]] const VersionRow* latest_registered(const std::vector<VersionRow>& rows);

/// What assigning gave: a number, perhaps another one that is given up, or the text of a refusal with its kind (P6).
struct Assignment {
  std::optional<Version> version;
  bool is_new = false;              ///< to be reserved; otherwise the ingest holds it already
  std::optional<Version> given_up;  ///< an own reservation not above the latest: left over
  std::string refusal;
  std::string refusal_kind;  ///< `exists`, `does-not-exist`, `not-newer`, `not-current`
};

/// pipeline.md 6.1. `rows` are all rows of the bag that matter: the latest registered one, the highest numbers, and all
/// of this ingest; their order does not.
[[nodiscard]] Assignment assign_version(const Ingest& ingest, const std::vector<VersionRow>& rows);

}  // namespace strongroom

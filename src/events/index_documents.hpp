// The documents of the outside search indexes (search-index.md), made from what is stored.
//
// Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/description.hpp"
#include "domain/version_locations.hpp"
#include "ports/event_log.hpp"
#include "ports/index_server.hpp"

namespace strongroom::events {

/// An index as the program ships it; docs/search-index/ has the definitions as files.
struct IndexDefinition {
  std::string_view suffix;      ///< the index is `{prefix}_{suffix}`
  std::string_view definition;  ///< JSON: strict mappings
};
[[nodiscard]] const std::array<IndexDefinition, 3>& index_definitions();
[[nodiscard]] std::string index_name(std::string_view prefix, std::string_view suffix);

/// Into `{prefix}_ingests`: the ingest as other readers see it, with the texts of its failures. Its version is when it
/// was last modified, else created, in milliseconds.
[[nodiscard]] IndexDocument ingest_index_document(std::string_view prefix, const IngestThen& then);

/// What a version has that its description does not tell before its end.
struct IndexedBag {
  const DescriptionHead& head;
  Instant created;  ///< registration
  const std::vector<VersionLocation>& locations;
  std::uint64_t file_count = 0;  ///< payload files, fetched ones included
  std::uint64_t byte_count = 0;
};

/// Into `{prefix}_bags`: the bag as its newest version is; the document's version is the number of that.
[[nodiscard]] IndexDocument bag_index_document(std::string_view prefix, const IndexedBag& bag);

/// Into `{prefix}_files`: a payload file, by the URL of its bytes in the primary location.
[[nodiscard]] IndexDocument file_index_document(std::string_view prefix, const IndexedBag& bag,
                                                const DescribedFile& file);

}  // namespace strongroom::events

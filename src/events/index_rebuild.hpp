// Writing every ingest into the search index once more (search-index.md): the part that reindexing does not do, because
// changes of ingests are not kept for ever. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "events/bulk_writer.hpp"
#include "ports/catalogue.hpp"
#include "ports/front_desk.hpp"

namespace strongroom::events {

/// Every ingest as it is now, newest first; how many. `told` is given the number so far after each page. Changes
/// meanwhile are the sink's affair: what is newer goes before.
Result<std::uint64_t> rewrite_ingests(FrontDesk& desk, Catalogue& catalogue, const std::string& prefix,
                                      BulkWriter& writer, const std::function<void(std::uint64_t)>& told);

}  // namespace strongroom::events

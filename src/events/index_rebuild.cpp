#include "events/index_rebuild.hpp"

#include "events/index_documents.hpp"

namespace strongroom::events {
namespace {

constexpr std::size_t kPage = 200;

}  // namespace

Result<std::uint64_t> rewrite_ingests(FrontDesk& desk, Catalogue& catalogue, const std::string& prefix,
                                      BulkWriter& writer, const std::function<void(std::uint64_t)>& told) {
  std::uint64_t written = 0;
  std::optional<ListPlace> place;
  while (true) {
    TRY(const std::vector<Ingest> page, desk.list_ingests({}, place, kPage));
    for (const Ingest& ingest : page) {
      TRY(std::vector<IngestEvent> events, catalogue.events_of(ingest.id));
      TRY_VOID(writer.add(ingest_index_document(prefix, {ingest, std::move(events)})));
    }
    written += page.size();
    told(written);
    if (page.size() < kPage) break;
    place = ListPlace{page.back().created, page.back().id};
  }
  TRY_VOID(writer.flush());
  return written;
}

}  // namespace strongroom::events

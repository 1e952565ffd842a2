#include "ingest/receive.hpp"

namespace strongroom::ingest {

Result<Ingest> receive(const ReceiveNeeds& needs, IngestRequest request, RequestId request_id) {
  const auto id = IngestId::parse(random_uuid(needs.entropy));
  CHECK(id.has_value());
  return needs.catalogue.accept(
      NewIngest{*id, std::move(request), std::move(request_id), needs.clock.now(), random_uuid(needs.entropy)});
}

}  // namespace strongroom::ingest

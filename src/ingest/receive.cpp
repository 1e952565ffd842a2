#include "ingest/receive.hpp"

namespace strongroom::ingest {
namespace {

/// A callback that ends at the same moment changes the ingest too: looked at again this often.
constexpr int kTriesMax = 8;

Deed deed_of(std::string_view action, const ClientId& client, const std::string& object, const RequestId& request_id,
             Instant now) {
  return Deed{client.str(), std::string(action), object, "done", request_id.str(), now};
}

std::string object_of(const IngestId& id, const BagId& bag) { return "ingest " + id.str() + " of " + bag.str(); }

}  // namespace

Result<Accepted> receive(const ReceiveNeeds& needs, IngestRequest request, RequestId request_id,
                         std::optional<IdempotencyKey> key) {
  const auto id = IngestId::parse(random_uuid(needs.entropy));
  CHECK(id.has_value());
  const Instant now = needs.clock.now();
  Deed deed = deed_of(audit_action::kIngestRequested, request.client, object_of(*id, request.bag), request_id, now);
  return needs.catalogue.accept(NewIngest{*id, std::move(request), std::move(request_id), now,
                                          random_uuid(needs.entropy), std::move(key), std::move(deed)});
}

Result<Ingest> retry(const ReceiveNeeds& needs, const IngestId& id, const ClientId& client, RequestId request_id) {
  for (int tries = 1;; ++tries) {
    TRY(const std::optional<Ingest> ingest, needs.catalogue.find_ingest(id));
    if (!ingest) return rejected("there is no such ingest", id.str(), Reason::not_found);
    const Instant now = needs.clock.now();
    IngestChange change(*ingest);
    if (const auto begun = change.begin_retry(request_id, now); !begun) {
      return rejected(begun.error().what, id.str(), Reason::conflict);
    }
    const Deed deed =
        deed_of(audit_action::kIngestRetried, client, object_of(id, ingest->request.bag), request_id, now);
    const auto reopened = needs.catalogue.reopen(
        Reopening{SaveIngest{change.ingest(), change.events(), random_uuid(needs.entropy)}, now, deed});
    if (reopened) {
      Ingest next = change.ingest();
      ++next.revision;
      return next;
    }
    if (reopened.error().reason != Reason::conflict || tries >= kTriesMax) return reopened.error();
  }
}

}  // namespace strongroom::ingest

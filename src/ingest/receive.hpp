// receive: an accepted request becomes an ingest with a durable place in the queue; a failed one gets it again
// (http-api.md 4.2, 4.3, 4.6). Called by the API, from any thread.
#pragma once

#include "domain/ingest.hpp"
#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/entropy.hpp"

namespace strongroom::ingest {

struct ReceiveNeeds {
  Catalogue& catalogue;
  Clock& clock;
  Entropy& entropy;
};

/// Stores the request whole or not at all. A key that is bound to an equal request gives the first one's ingest again;
/// Reason::conflict (rejected) when it is bound to another.
Result<Accepted> receive(const ReceiveNeeds& needs, IngestRequest request, RequestId request_id,
                         std::optional<IdempotencyKey> key = std::nullopt);

/// Begins a new run of a failed ingest for `client`, who is recorded. Gives the ingest as it is then.
/// Reason::not_found; Reason::conflict (rejected) when it is not failed or a retry is running.
Result<Ingest> retry(const ReceiveNeeds& needs, const IngestId& id, const ClientId& client, RequestId request_id);

}  // namespace strongroom::ingest

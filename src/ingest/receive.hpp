// receive: an accepted request becomes an ingest with a durable place in the queue (http-api.md 4.2).
// Called by the API, from any thread.
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

/// Stores the request whole or not at all. Any thread.
Result<Ingest> receive(const ReceiveNeeds& needs, IngestRequest request, RequestId request_id);

}  // namespace strongroom::ingest

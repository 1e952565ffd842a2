// The ingest document as one client sees it (http-api.md 4.4), for single answers and for lists.
// Private to the API; any thread.
#pragma once

#include <string>
#include <string_view>

#include "api/call.hpp"

namespace strongroom::api {

/// The document with the events and the progress of this moment. Without `context_url` it has no `@context`, as an
/// entry of a list.
Result<std::string> ingest_view(const Service& service, const ClientId& reader, const Ingest& ingest,
                                std::string_view context_url);

/// The ingest that the path names by `{id}`, as far as the caller may know of it; otherwise the answer: one of a space
/// outside the grant is unknown to this client (http-api.md 3.3).
std::variant<Ingest, HttpResponse> ingest_of_path(const Call& call);

}  // namespace strongroom::api

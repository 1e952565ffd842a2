// Documents that anybody may read and keep for a day: the context and the ontology (http-api.md 7.1).
// Private to the API; any thread.
#pragma once

#include <string>
#include <string_view>

#include "api/call.hpp"

namespace strongroom::api {

/// 200 with a strong ETag of the text, or 304 when the caller has that one.
[[nodiscard]] HttpResponse public_document(const Call& call, std::string text, std::string_view content_type);

}  // namespace strongroom::api

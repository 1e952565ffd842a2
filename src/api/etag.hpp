// Entity tags and `If-None-Match` (RFC 9110 8.8.3, 13.1.2). Pure functions.
// Private to the API; any thread.
#pragma once

#include <string>
#include <string_view>

#include "ports/http.hpp"

namespace strongroom::api {

/// A strong tag with this text; `"` and control characters are percent-encoded (http-api.md 5.1).
[[nodiscard]] std::string entity_tag(std::string_view text);

/// True when an `If-None-Match` header is `*` or names `tag`, compared weakly.
[[nodiscard]] bool none_match_names(const HttpHeaders& headers, std::string_view tag);

}  // namespace strongroom::api

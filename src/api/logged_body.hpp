// A streamed body whose breaking off is told in the log, since no answer can tell it any more (http-api.md 1.7).
// Private to the API; the body belongs to one thread at a time.
#pragma once

#include <memory>

#include "api/call.hpp"

namespace strongroom::api {

[[nodiscard]] std::shared_ptr<HttpBody> logged_body(std::shared_ptr<HttpBody> inner, const Call& call);

}  // namespace strongroom::api

// One package as the requests about it find and answer it (transfers.md 16.1).
// Private to the API; any thread.
#pragma once

#include <variant>

#include "api/call.hpp"

namespace strongroom::api {

/// The package that the path names by `{id}`, as far as the caller may know of it; otherwise the answer: one whose
/// expected space is outside the grant is unknown to this client.
[[nodiscard]] std::variant<Transfer, HttpResponse> transfer_of_path(const Call& call);

/// Its document.
[[nodiscard]] HttpResponse transfer_response(const Call& call, int status, const Transfer& transfer);

}  // namespace strongroom::api

// Dry runs over HTTP (http-api.md 9.2): a request that is judged as any other, tried, and forgotten.
// Private to the API; any thread.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "api/call.hpp"
#include "domain/ingest.hpp"

namespace strongroom::api {

/// Whether `dryRun` asks for one; the 400 for any value but `true` and `false`.
[[nodiscard]] std::variant<bool, HttpResponse> wants_dry_run(const Call& call);

/// The report when there is one soon, otherwise where to ask for it.
[[nodiscard]] HttpResponse make_dry_run(const Call& call, IngestRequest request);

}  // namespace strongroom::api

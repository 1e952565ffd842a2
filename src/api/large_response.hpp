// 307 to a copy of a long document that lies elsewhere (http-api.md 5.2).
//
// The document is rendered twice, to be measured and to be sent there, and never held. Readers do not depend on it:
// whatever goes wrong there, they are answered from here. Private to the API; any thread, which is held meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "api/call.hpp"

namespace strongroom::api {

/// A body from its beginning, with the same bytes each time.
using BodyOpener = std::function<Result<std::shared_ptr<HttpBody>>()>;

/// The redirection, without body and ETag, when the body is longer than `largeResponses.redirectAbove` and is kept
/// elsewhere; nothing when it is to be sent from here. Where `at_most`, the caller's guess, is short enough, nothing is
/// measured. Trouble with the body itself is left to whoever sends it.
[[nodiscard]] std::optional<HttpResponse> redirection(const Call& call, std::uint64_t at_most, const BodyOpener& open);

}  // namespace strongroom::api

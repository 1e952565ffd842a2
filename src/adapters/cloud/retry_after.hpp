// When the other side of a call wants to be asked again: the header Retry-After (RFC 9110 10.2.3).
// A pure function; any thread.
#pragma once

#include <optional>

#include "base/instant.hpp"
#include "ports/web_client.hpp"

namespace strongroom::cloud {

/// Seconds after `now`, at most an hour; nothing when the answer does not say, or not in a form that is known.
[[nodiscard]] std::optional<int> retry_after(const WebAnswer& answer, Instant now);

}  // namespace strongroom::cloud

// The digest of a JSON value that does not depend on how it was written (http-api.md 4.3): member order, whitespace and
// the spelling of texts and numbers do not count.
// Private to the API; pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace strongroom::api {

/// SHA-256 in hex: equal for texts that are equal as JSON values. Nothing when `text` is not JSON.
[[nodiscard]] std::optional<std::string> json_digest(std::string_view text);

}  // namespace strongroom::api

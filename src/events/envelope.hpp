// An outgoing event as its readers see it: the envelope of http-api.md 6.1, and its frame on the event stream (6.3).
//
// Pure functions; the texts have no insignificant whitespace and no line feed but those that frame.
#pragma once

#include <string>
#include <string_view>

#include "ports/event_log.hpp"

namespace strongroom::events {

/// The envelope; begins with `@context` when `context_url` is given. The body of an `ingest-update` is the ingest as it
/// was after that change, masked as for readers that did not make it.
[[nodiscard]] std::string envelope(const LoggedEvent& logged, std::string_view context_url = {});

/// The envelope's `body` alone.
[[nodiscard]] std::string body_of(const LoggedEvent& logged);

/// `id`, `event` and one line of `data`, with the empty line that ends them.
[[nodiscard]] std::string frame(const LoggedEvent& logged, std::string_view context_url);

}  // namespace strongroom::events

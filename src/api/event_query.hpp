// What the two readers of events, the list and the stream, ask for (http-api.md 6.2, 6.3).
// Private to the API; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/call.hpp"
#include "ports/event_log.hpp"

namespace strongroom::api {

struct EventQuery {
  /// `faults` gets the lines of the 400.
  EventQuery(const Call& call, std::vector<std::string>& faults);

  EventFilter filter;
  std::optional<std::int64_t> after;
  /// `kind=…&space=…&`, for the link to the next page.
  std::string filters;
};

/// What the caller may see by its right to events, `scope`, and by what single kinds ask for besides.
void keep_to_rights(EventFilter& filter, const Caller& caller, std::string_view scope);

/// A sequence as readers write it: decimal digits, without sign.
[[nodiscard]] std::optional<std::int64_t> parse_sequence(std::string_view text);

}  // namespace strongroom::api

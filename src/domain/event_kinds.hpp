// The kinds of outgoing events (http-api.md 6.1), for those who choose among them.
// Constants; any thread.
#pragma once

#include <array>
#include <string_view>

namespace strongroom {

inline constexpr std::array<std::string_view, 3> kEventKinds = {"registered-bag", "ingest-update", "bag-update"};

}  // namespace strongroom

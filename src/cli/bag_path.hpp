// A stored bag as people name it, `SPACE/IDENTIFIER`, and its path in the API.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace strongroom::cli {

/// `/bags/{space}/{identifier}`, percent-encoded; rejected, with what is wrong, when it can be no bag.
[[nodiscard]] Result<std::string> bag_path(std::string_view name);

}  // namespace strongroom::cli

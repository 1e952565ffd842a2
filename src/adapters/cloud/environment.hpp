// The process's environment, as those who look for keys in it are given it.
// A function that may be called from any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace strongroom::cloud {

/// A variable; nothing when it is not set or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

}  // namespace strongroom::cloud

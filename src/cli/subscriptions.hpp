// `strongroom subscriptions`: who is told of events by POST, for operators.
// Commands towards a running service, as a client with the scope operator.
#pragma once

#include "cli/command_tree.hpp"

namespace strongroom::cli {

[[nodiscard]] Command subscriptions_group();

}  // namespace strongroom::cli

// What every store of transfers promises (ports/transfers.hpp), as checks that run on any adapter, each on an empty
// one. Run by the tests of each adapter; one thread calls, and a check may use `workers` for more.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ports/messages_aside.hpp"
#include "ports/transfers.hpp"
#include "ports/workers.hpp"

namespace strongroom::contracts {

/// An outgoing event that the store has appended.
struct ToldOfTransfer {
  std::string kind;
  std::string space;
  std::string body;
  Instant time;
};

struct TransfersUnderTest {
  Transfers& transfers;
  MessagesAside& aside;
  Workers& workers;  ///< at least four at a time side by side, for the checks of concurrency to mean something
  std::function<Result<std::vector<ToldOfTransfer>>()> told;
  std::function<Result<std::size_t>()> deeds;  ///< how many were recorded
};

struct TransfersCheck {
  std::string name;  ///< CamelCase, the promise in a few words
  std::function<Result<void>(TransfersUnderTest&)> run;
};

/// An Error's text is the condition that does not hold and where it stands.
[[nodiscard]] std::vector<TransfersCheck> transfers_checks();

}  // namespace strongroom::contracts

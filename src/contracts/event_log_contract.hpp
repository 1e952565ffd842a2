// What every event log promises (ports/event_log.hpp), as checks that run on any adapter.
//
// Each check gets an empty catalogue of its own and the event log that it keeps. Runs without a test framework; one
// thread calls, and a check may use `workers` for more.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/event_log.hpp"
#include "ports/workers.hpp"

namespace strongroom::contracts {

class CatalogueBench;

struct CatalogueWithLog {
  std::unique_ptr<Catalogue> catalogue;
  EventLog* log = nullptr;  ///< of that catalogue
};

/// Makes an empty catalogue, which keeps the references.
using MakeEventLog = std::function<Result<CatalogueWithLog>(Clock&, Owners&, LeaseTimes)>;

struct EventLogCheck {
  std::string name;  ///< CamelCase, the promise in a few words
  std::function<Result<void>(CatalogueBench&, EventLog&)> run;
};

[[nodiscard]] std::vector<EventLogCheck> event_log_checks();

/// Success, or an Error whose text is the condition that does not hold and where it stands. `workers` must run at least
/// four at a time side by side for the checks of concurrency to mean something.
Result<void> run_event_log_check(const EventLogCheck& check, const MakeEventLog& make, Workers& workers);

}  // namespace strongroom::contracts

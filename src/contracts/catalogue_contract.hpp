// What every catalogue promises (ports/catalogue.hpp), as checks that run on any adapter.
//
// Each check gets an empty catalogue of its own with a clock and owners that it commands. Runs without a test
// framework; one thread calls, and a check may use `workers` for more.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/workers.hpp"

namespace strongroom::contracts {

/// Makes an empty catalogue, which keeps the references.
using MakeCatalogue = std::function<Result<std::unique_ptr<Catalogue>>(Clock&, Owners&, LeaseTimes)>;

class CatalogueBench;

struct CatalogueCheck {
  std::string name;  ///< CamelCase, the promise in a few words
  std::function<Result<void>(CatalogueBench&)> run;
};

/// All checks, in the order of the port.
[[nodiscard]] std::vector<CatalogueCheck> catalogue_checks();

/// Success, or an Error whose text is the condition that does not hold and where it stands. `workers` must run at least
/// four at a time side by side for the checks of concurrency to mean something.
Result<void> run_catalogue_check(const CatalogueCheck& check, const MakeCatalogue& make, Workers& workers);

}  // namespace strongroom::contracts

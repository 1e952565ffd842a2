// The contract of ports/sources.hpp: packages are read, uploads made, nothing replaced (pipeline.md 3).
// Run by the tests of each adapter.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "contracts/contract.hpp"
#include "ports/sources.hpp"
#include "ports/workers.hpp"

namespace strongroom::contracts {

/// What the checks are run on; all of it outlives them.
struct SourcesUnderTest {
  Sources& sources;
  Uploads& uploads;  ///< into the same area
  Workers& workers;
  std::string area;  ///< its name
  /// Places or replaces a package behind the service's back.
  std::function<void(const std::string& path, const std::string& bytes)> place;
};

[[nodiscard]] std::vector<NamedCheck> sources_checks(const SourcesUnderTest& subject);

}  // namespace strongroom::contracts

// The companions that a service runs itself, as `services` of the configuration names them (transfers.md 1.1).
//
// Part of the wiring; made, joined and destroyed by one thread.
#pragma once

#include <memory>
#include <vector>

#include "adapters/host/console.hpp"
#include "adapters/host/crew.hpp"
#include "cli/companions.hpp"
#include "ports/catalogue.hpp"
#include "ports/damage.hpp"
#include "ports/event_log.hpp"
#include "ports/sinks.hpp"

namespace strongroom::cli {

/// Everything outlives the services.
struct CompanionServicesNeeds {
  Catalogue& catalogue;
  KnownDamage& damage;
  EventLog& log;
  Sinks& sinks;
  CompanionNeeds companions;
  const std::vector<LocationFacts>& locations;  ///< as configured, with their uuids
  Owners& owners;
  OwnerId owner;           ///< of this process
  host::Console* console;  ///< where reports on standard output go; null for none
};

class CompanionServices {
 public:
  /// Nothing runs yet. Rejected when a file of the configuration cannot be read, broken when a report has no way out.
  static Result<std::unique_ptr<CompanionServices>> make(const Config& config, const CompanionServicesNeeds& needs);
  ~CompanionServices();
  CompanionServices(const CompanionServices&) = delete;
  CompanionServices& operator=(const CompanionServices&) = delete;

  /// Adds their loops, each on a thread of its own; the services outlive the crew.
  void join(host::Crew& crew);

 private:
  class Parts;
  explicit CompanionServices(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace strongroom::cli

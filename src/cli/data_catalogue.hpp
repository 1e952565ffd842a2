// The catalogue of a data directory, opened by a command that works beside the service.
//
// Such a command takes no leases: what it does is one transaction each, whether or not a service runs. One thread.
#pragma once

#include <memory>
#include <string>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "cli/config.hpp"

namespace strongroom::cli {

class DataCatalogue {
 public:
  /// Rejected when there is no catalogue in the data directory; with `make` both are made.
  static Result<std::unique_ptr<DataCatalogue>> open(const Config& config, Clock& clock, bool make = false);
  DataCatalogue(const DataCatalogue&) = delete;
  DataCatalogue& operator=(const DataCatalogue&) = delete;

  [[nodiscard]] Accounts& accounts() { return *catalogue_; }
  [[nodiscard]] AuditLog& audit() { return *catalogue_; }
  [[nodiscard]] Catalogue& catalogue() { return *catalogue_; }
  [[nodiscard]] KnownDamage& damage() { return *catalogue_; }
  [[nodiscard]] FrontDesk& desk() { return *catalogue_; }
  [[nodiscard]] EventLog& log() { return *catalogue_; }
  [[nodiscard]] Sinks& sinks() { return *catalogue_; }
  [[nodiscard]] MessagesAside& aside() { return *catalogue_; }
  [[nodiscard]] Restoration& restoration() { return *catalogue_; }
  [[nodiscard]] Transfers& transfers() { return *catalogue_; }

 private:
  DataCatalogue() = default;

  NobodyIsDead owners_;
  std::unique_ptr<sqlite::SqliteCatalogue> catalogue_;
};

/// Something an operator did at the command line, for the audit log.
[[nodiscard]] Deed operators_deed(std::string_view action, const ClientId& client, std::string outcome, Clock& clock);

}  // namespace strongroom::cli

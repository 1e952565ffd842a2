// ports/archivematica.hpp over HTTP: the dashboard's API and that of Archivematica's Storage Service
// (transfers.md 10.2, 10.3, 10.5, 11).
//
// Each call is one exchange, or one for each page and space, of at most 60 s; redirects are not followed. Nothing is
// kept: see cached_archivematica.hpp. Status calls begin at most once a second: one that comes earlier is not made, and
// temporary with Reason::limit. Any thread.
#pragma once

#include <mutex>

#include "adapters/archivematica/service.hpp"
#include "ports/archivematica.hpp"

namespace strongroom::archivematica {

struct ArchivematicaSettings {
  ServiceSettings dashboard;
  ServiceSettings storage_service;
};

class ArchivematicaClient final : public Archivematica {
 public:
  /// `web` and `clock` outlive it.
  ArchivematicaClient(ArchivematicaSettings settings, const cloud::Environment& environment, WebClient& web,
                      Clock& clock);

  Result<std::vector<SourceArea>> source_areas(const std::string& protocol) override;
  Result<std::vector<std::string>> processing_configurations() override;
  PackageAnswer submit(const std::string& body, const std::string& idempotency_key) override;
  Result<UnitStatus> transfer_status(const std::string& id) override;
  Result<UnitStatus> ingest_status(const std::string& id) override;
  Result<std::string> version() override;

 private:
  /// What was asked for with 200, or what anything else means.
  Result<WebAnswer> ask_dashboard(const std::string& target);
  Result<std::string> bucket_of(const std::string& space);
  Result<UnitStatus> status_of(const std::string& target);
  bool take_turn();
  [[nodiscard]] PackageAnswer read_taken(const WebAnswer& answer) const;

  Service dashboard_;
  Service storage_service_;
  WebClient& web_;
  Clock& clock_;
  std::mutex mutex_;
  Duration next_turn_{};  ///< since boot; of status calls
};

}  // namespace strongroom::archivematica

// An Archivematica whose calls are counted, by service and by how they ended (transfers.md 16.3).
//
// As thread-safe as what it wraps.
#pragma once

#include "ports/archivematica.hpp"
#include "ports/metrics.hpp"

namespace strongroom::archivematica {

class MeteredArchivematica final : public Archivematica {
 public:
  /// Both outlive it.
  MeteredArchivematica(Archivematica& inner, Metrics& metrics) : inner_(inner), metrics_(metrics) {}

  Result<std::vector<SourceArea>> source_areas(const std::string& protocol) override;
  Result<std::vector<std::string>> processing_configurations() override;
  PackageAnswer submit(const std::string& body, const std::string& idempotency_key) override;
  Result<UnitStatus> transfer_status(const std::string& id) override;
  Result<UnitStatus> ingest_status(const std::string& id) override;
  Result<std::string> version() override;
  void forget_answers() override { inner_.forget_answers(); }

 private:
  template <class Value>
  Result<Value> counted(std::string_view remote, Result<Value> answer);

  Archivematica& inner_;
  Metrics& metrics_;
};

}  // namespace strongroom::archivematica

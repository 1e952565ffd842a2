// Archivematica with what it answered kept for a while: processing configurations for 10 minutes, transfer sources for
// 5 (transfers.md 10.1, 10.2).
//
// Errors are not kept, and forget_answers() has everything asked anew; so nobody who says so lives with an old miss.
// Several who ask at once share one answer. Everything else goes straight through. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "ports/archivematica.hpp"
#include "ports/clock.hpp"

namespace strongroom::archivematica {

class CachedArchivematica final : public Archivematica {
 public:
  /// Both outlive it.
  CachedArchivematica(Archivematica& inner, Clock& clock) : inner_(inner), clock_(clock) {}

  Result<std::vector<SourceArea>> source_areas(const std::string& protocol) override;
  Result<std::vector<std::string>> processing_configurations() override;
  void forget_answers() override;

  PackageAnswer submit(const std::string& body, const std::string& idempotency_key) override {
    return inner_.submit(body, idempotency_key);
  }
  Result<UnitStatus> transfer_status(const std::string& id) override { return inner_.transfer_status(id); }
  Result<UnitStatus> ingest_status(const std::string& id) override { return inner_.ingest_status(id); }
  Result<std::string> version() override { return inner_.version(); }

 private:
  template <class T>
  struct Kept {
    T answer;
    Duration until;  ///< since boot
  };

  Archivematica& inner_;
  Clock& clock_;
  std::mutex areas_mutex_;                                      ///< held while asking
  std::map<std::string, Kept<std::vector<SourceArea>>> areas_;  ///< by protocol
  std::mutex configurations_mutex_;
  std::optional<Kept<std::vector<std::string>>> configurations_;
};

}  // namespace strongroom::archivematica

#include "adapters/archivematica/metered_archivematica.hpp"

#include <utility>

namespace strongroom::archivematica {
namespace {

constexpr std::string_view kDashboard = "dashboard";
constexpr std::string_view kStorageService = "storage service";

}  // namespace

/// One that is to be made later has not been made.
template <class Value>
Result<Value> MeteredArchivematica::counted(std::string_view remote, Result<Value> answer) {
  if (answer || answer.error().reason != Reason::limit) count_call(metrics_, remote, answer.has_value());
  return answer;
}

Result<std::vector<SourceArea>> MeteredArchivematica::source_areas(const std::string& protocol) {
  return counted(kStorageService, inner_.source_areas(protocol));
}

Result<std::vector<std::string>> MeteredArchivematica::processing_configurations() {
  return counted(kDashboard, inner_.processing_configurations());
}

PackageAnswer MeteredArchivematica::submit(const std::string& body, const std::string& idempotency_key) {
  PackageAnswer answer = inner_.submit(body, idempotency_key);
  const bool answered = answer.kind == PackageAnswer::Kind::accepted || answer.kind == PackageAnswer::Kind::refused;
  count_call(metrics_, kDashboard, answered);
  return answer;
}

Result<UnitStatus> MeteredArchivematica::transfer_status(const std::string& id) {
  return counted(kDashboard, inner_.transfer_status(id));
}

Result<UnitStatus> MeteredArchivematica::ingest_status(const std::string& id) {
  return counted(kDashboard, inner_.ingest_status(id));
}

Result<std::string> MeteredArchivematica::version() { return counted(kDashboard, inner_.version()); }

}  // namespace strongroom::archivematica

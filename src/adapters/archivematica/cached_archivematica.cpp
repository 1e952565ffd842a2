#include "adapters/archivematica/cached_archivematica.hpp"

namespace strongroom::archivematica {
namespace {

constexpr Duration kAreasFor = std::chrono::minutes(5);
constexpr Duration kConfigurationsFor = std::chrono::minutes(10);

}  // namespace

Result<std::vector<SourceArea>> CachedArchivematica::source_areas(const std::string& protocol) {
  const std::scoped_lock lock(areas_mutex_);
  const auto kept = areas_.find(protocol);
  if (kept != areas_.end() && clock_.since_boot() < kept->second.until) return kept->second.answer;
  TRY(std::vector<SourceArea> answer, inner_.source_areas(protocol));
  areas_[protocol] = {answer, clock_.since_boot() + kAreasFor};
  return answer;
}

Result<std::vector<std::string>> CachedArchivematica::processing_configurations() {
  const std::scoped_lock lock(configurations_mutex_);
  if (configurations_ && clock_.since_boot() < configurations_->until) return configurations_->answer;
  TRY(std::vector<std::string> answer, inner_.processing_configurations());
  configurations_ = {answer, clock_.since_boot() + kConfigurationsFor};
  return answer;
}

void CachedArchivematica::forget_answers() {
  {
    const std::scoped_lock lock(areas_mutex_);
    areas_.clear();
  }
  const std::scoped_lock lock(configurations_mutex_);
  configurations_.reset();
}

}  // namespace strongroom::archivematica

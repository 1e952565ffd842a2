#include "cli/companions.hpp"

#include <algorithm>

#include "adapters/archivematica/archivematica_client.hpp"
#include "adapters/archivematica/cached_archivematica.hpp"
#include "adapters/archivematica/metered_archivematica.hpp"
#include "adapters/areas/directory/area.hpp"
#include "adapters/areas/wrappers/metered.hpp"

namespace strongroom::cli {
namespace {

archivematica::ServiceSettings service_of(const ArchivematicaServiceSetting& setting) {
  return {setting.url, setting.user, setting.key};
}

/// `born-digital` of each prefix: where archivists look for a place to put packages.
std::vector<std::string> folders_of(const std::vector<transfers::Prefix>& prefixes) {
  std::vector<std::string> folders;
  for (const transfers::Prefix& prefix : prefixes) folders.push_back(prefix.prefix.substr(0, prefix.prefix.size() - 1));
  return folders;
}

}  // namespace

/// Everything there is, in the order in which it is made.
class Companions::Parts {
 public:
  Parts(Config config, const CompanionNeeds& needs) : config_(std::move(config)), needs_(needs) {}

  Result<void> open() {
    const TransferSettings& settings = config_.transfers;
    for (const TransferAreaSetting& setting : settings.areas) TRY_VOID(open_area(setting));
    if (!settings.dashboard.url.empty()) {
      client_ = std::make_unique<archivematica::ArchivematicaClient>(
          archivematica::ArchivematicaSettings{service_of(settings.dashboard), service_of(settings.storage_service)},
          needs_.environment, needs_.providers.web(), needs_.clock);
      metered_ = std::make_unique<archivematica::MeteredArchivematica>(*client_, needs_.metrics);
      archivematica_ = std::make_unique<archivematica::CachedArchivematica>(*metered_, needs_.clock);
    }
    reports_ = make_webhook("monitor.webhook", settings.monitor.webhook, "report webhook",
                            {needs_.providers, needs_.environment, needs_.clock, needs_.metrics});
    walk_needs_ = std::make_unique<transfers::WalkNeeds>(
        transfers::WalkNeeds{needs_.transfers, areas_, archivematica_.get(), needs_.alerts.alarm(), needs_.clock,
                             needs_.entropy, needs_.journal});
    return {};
  }

 private:
  friend class Companions;

  Result<void> open_area(const TransferAreaSetting& setting) {
    transfers::AreaInUse area{.name = setting.name, .bucket = setting.bucket_name()};
    if (setting.is_directory()) {
      if (config_.transfers.embedded_area) {
        TRY_VOID(areas::make_directory_area(setting.root, folders_of(config_.transfers.walk.prefixes)));
      }
      stores_.push_back(std::make_unique<areas::DirectoryArea>(setting.root, needs_.journal));
    } else {
      stores_.push_back(needs_.providers.transfer_area(setting, needs_.journal));
    }
    TransferArea& store = *stores_.back();
    stores_.push_back(std::make_unique<areas::MeteredArea>(store, "area " + setting.name, needs_.metrics));
    area.store = stores_.back().get();
    area.is_directory = setting.is_directory();
    area.archivematica_path = setting.archivematica_path;
    area.other_case = setting.other_case_zip;
    area.sweep_grace = setting.sweep_grace;
    areas_.push_back(std::move(area));
    return {};
  }

  const Config config_;
  const CompanionNeeds needs_;
  std::vector<std::unique_ptr<TransferArea>> stores_;  ///< each behind the one that it counts
  std::vector<transfers::AreaInUse> areas_;
  std::unique_ptr<Archivematica> client_;
  std::unique_ptr<Archivematica> metered_;
  std::unique_ptr<Archivematica> archivematica_;
  std::unique_ptr<Webhook> reports_;
  std::unique_ptr<transfers::WalkNeeds> walk_needs_;
};

Companions::Companions(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Companions::~Companions() = default;

Result<std::unique_ptr<Companions>> Companions::make(const Config& config, const CompanionNeeds& needs) {
  auto parts = std::make_unique<Parts>(config, needs);
  TRY_VOID(parts->open());
  return std::unique_ptr<Companions>(new Companions(std::move(parts)));
}

const Config& Companions::config() const { return parts_->config_; }
const CompanionNeeds& Companions::needs() const { return parts_->needs_; }
const std::vector<transfers::AreaInUse>& Companions::areas() const { return parts_->areas_; }

const transfers::AreaInUse* Companions::area(const std::string& name) const {
  const auto found = std::ranges::find(parts_->areas_, name, &transfers::AreaInUse::name);
  return found == parts_->areas_.end() ? nullptr : &*found;
}

Archivematica* Companions::archivematica() const { return parts_->archivematica_.get(); }
transfers::Alarm& Companions::alarm() const { return parts_->needs_.alerts.alarm(); }
const transfers::WalkNeeds& Companions::walk_needs() const { return *parts_->walk_needs_; }
Webhook* Companions::report_webhook() const { return parts_->reports_.get(); }

}  // namespace strongroom::cli

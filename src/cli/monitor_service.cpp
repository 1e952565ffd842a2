#include "cli/monitor_service.hpp"

namespace strongroom::cli {
namespace {

transfers::MonitorSettings settings_of(const TransferSettings& configured) {
  transfers::MonitorSettings settings;
  settings.walk = configured.walk;
  for (const TransferAreaSetting& area : configured.areas) settings.adopt.push_back(area.adopt);
  settings.environment = configured.environment;
  settings.overdue_after = configured.overdue_after;
  settings.remove = configured.monitor.remove;
  settings.leaves_marker = configured.monitor.leaves_marker;
  return settings;
}

}  // namespace

MonitorService::MonitorService(const MonitorServiceNeeds& needs, transfers::Schedule schedule)
    : needs_{needs.companions.walk_needs(),
             {needs.catalogue, needs.damage, needs.locations},
             &needs.owners,
             needs.owner,
             needs.output,
             needs.index_mets},
      settings_(settings_of(needs.companions.config().transfers)),
      schedule_(schedule) {}

Result<std::unique_ptr<MonitorService>> MonitorService::make(const MonitorServiceNeeds& needs) {
  TRY(const transfers::Schedule schedule,
      transfers::Schedule::parse(needs.companions.config().transfers.monitor.schedule));
  return std::unique_ptr<MonitorService>(new MonitorService(needs, schedule));
}

void MonitorService::run(const std::stop_token& stop) { transfers::Monitor(needs_, settings_, schedule_, stop).run(); }

Result<transfers::MonitorRun> MonitorService::run_once(const std::stop_token& stop) {
  return transfers::Monitoring(needs_, settings_, stop).run();
}

Result<transfers::MonitorRun> MonitorService::rehearse() {
  return transfers::Monitoring(needs_, settings_, {}).rehearse();
}

}  // namespace strongroom::cli

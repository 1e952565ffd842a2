#include "cli/package_watch.hpp"

#include "adapters/areas/directory/watch.hpp"
#include "adapters/messages/wrappers/metered_queue.hpp"

namespace strongroom::cli {
namespace {

/// Each waits for a store or for Archivematica most of the time.
constexpr int kPackagesAtOnce = 4;

}  // namespace

transfers::IntakeSettings intake_settings(const Config& config) {
  transfers::IntakeSettings settings;
  settings.prefixes = config.transfers.walk.prefixes;
  for (const TransferAreaSetting& area : config.transfers.areas) {
    if (!area.is_directory()) settings.areas.push_back({area.name, area.bucket});
  }
  return settings;
}

PackageWatch::PackageWatch(const Companions& companions, std::string only_area)
    : companions_(companions),
      only_area_(std::move(only_area)),
      intake_settings_(intake_settings(companions.config())),
      intake_needs_{companions.needs().transfers, companions.needs().alerts.dead_letters(),
                    companions.needs().clock,     companions.needs().entropy,
                    companions.needs().journal,   companions.needs().metrics},
      sweeping_needs_{companions.needs().transfers, companions.needs().clock, companions.needs().entropy,
                      companions.needs().journal} {
  const CompanionNeeds& needs = companions.needs();
  for (const TransferAreaSetting& setting : companions.config().transfers.areas) {
    if (!only_area_.empty() && setting.name != only_area_) continue;
    Watched watched{&setting, companions.area(setting.name), nullptr, nullptr};
    if (auto queue = needs.providers.queue(setting)) {
      watched.queue =
          std::make_unique<messages::MeteredQueue>(std::move(queue), "queue of " + setting.name, needs.metrics);
    }
    if (setting.is_directory()) watched.changes = std::make_unique<areas::DirectoryWatch>(setting.root, needs.journal);
    watched_.push_back(std::move(watched));
  }
}

transfers::SweeperSettings PackageWatch::times_of(const Watched& watched) const {
  return {watched.setting->sweep_every, watched.setting->adopt};
}

void PackageWatch::join(host::Crew& crew) {
  const transfers::WalkSettings& settings = companions_.config().transfers.walk;
  for (const Watched& watched : watched_) {
    crew.add([this, &watched, &settings](const std::stop_token& stop) {
      transfers::Sweeper(sweeping_needs_, companions_.alarm(), settings, *watched.area, times_of(watched),
                         watched.changes.get(), stop)
          .run();
    });
    if (!watched.queue) continue;
    crew.add([this, &watched](const std::stop_token& stop) {
      transfers::QueueIntake(intake_needs_, intake_settings_, *watched.queue, companions_.alarm(), watched.area->name,
                             stop)
          .run();
    });
  }
  for (int hand = 0; hand < kPackagesAtOnce; ++hand) {
    crew.add([this, &settings](const std::stop_token& stop) {
      transfers::Worker(companions_.walk_needs(), settings, only_area_, stop).run();
    });
  }
}

Result<void> PackageWatch::notice_all(const std::stop_token& stop) {
  Result<void> outcome;
  for (const Watched& watched : watched_) {
    if (watched.queue) {
      transfers::QueueIntake queue(intake_needs_, intake_settings_, *watched.queue, companions_.alarm(),
                                   watched.area->name, stop);
      const auto taken = queue.take_all();
      if (!taken && outcome) outcome = taken.error();
    }
    transfers::Sweeper sweeper(sweeping_needs_, companions_.alarm(), companions_.config().transfers.walk, *watched.area,
                               times_of(watched), nullptr, stop);
    if (!sweeper.sweep_once() && outcome) {
      outcome = temporary("an area could not be swept", watched.area->name);
    }
  }
  return outcome;
}

Result<void> PackageWatch::work_once(const std::stop_token& stop) {
  const Result<void> noticed = notice_all(stop);
  transfers::Worker worker(companions_.walk_needs(), companions_.config().transfers.walk, only_area_, stop);
  while (!stop.stop_requested()) {
    TRY(const bool worked, worker.work_once());
    if (!worked) break;
  }
  return noticed;
}

}  // namespace strongroom::cli

#include "cli/companion_services.hpp"

#include "cli/listener.hpp"
#include "cli/monitor_service.hpp"
#include "cli/package_watch.hpp"
#include "cli/report_outputs.hpp"
#include "cli/self_check.hpp"

namespace strongroom::cli {

class CompanionServices::Parts {
 public:
  Parts(const Config& config, const CompanionServicesNeeds& needs) : config_(config), needs_(needs) {}

  Result<void> open() {
    const CompanionNeeds& shared = needs_.companions;
    if (config_.runs(kNotifyService)) {
      TRY(listener_, Listener::make(config_, {needs_.catalogue, needs_.log, needs_.sinks, shared.alerts,
                                              shared.providers, shared.clock, shared.metrics, shared.journal}));
    }
    if (!config_.runs(kWatchService) && !config_.runs(kMonitorService)) return {};
    TRY(companions_, Companions::make(config_, shared));
    if (config_.runs(kWatchService)) watch_ = std::make_unique<PackageWatch>(*companions_, "");
    if (config_.runs(kMonitorService)) TRY_VOID(open_monitor());
    return {};
  }

  void join(host::Crew& crew) {
    crew.add([shared = needs_.companions](const std::stop_token& stop) {
      shared.clock.wait_until(Duration::max(), stop);
      shared.providers.end_calls(Providers::kStopGrace);
    });
    if (listener_) crew.add([this](const std::stop_token& stop) { listener_->run(stop); });
    if (watch_) watch_->join(crew);
    if (monitor_) crew.add([this](const std::stop_token& stop) { monitor_->run(stop); });
    if (!companions_) return;
    // Whoever does not answer would keep the service from starting.
    crew.add([this](const std::stop_token& stop) { check_at_start({*companions_, needs_.log, needs_.sinks, stop}); });
  }

 private:
  Result<void> open_monitor() {
    TRY(output_, make_report_output(config_, companions_->report_webhook(), needs_.console));
    TRY(monitor_, MonitorService::make({*companions_,
                                        needs_.catalogue,
                                        needs_.damage,
                                        needs_.locations,
                                        needs_.owners,
                                        needs_.owner,
                                        *output_,
                                        {}}));
    return {};
  }

  const Config config_;
  const CompanionServicesNeeds needs_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Companions> companions_;
  std::unique_ptr<PackageWatch> watch_;
  std::unique_ptr<transfers::ReportOutput> output_;
  std::unique_ptr<MonitorService> monitor_;
};

CompanionServices::CompanionServices(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
CompanionServices::~CompanionServices() = default;

Result<std::unique_ptr<CompanionServices>> CompanionServices::make(const Config& config,
                                                                   const CompanionServicesNeeds& needs) {
  auto parts = std::make_unique<Parts>(config, needs);
  TRY_VOID(parts->open());
  return std::unique_ptr<CompanionServices>(new CompanionServices(std::move(parts)));
}

void CompanionServices::join(host::Crew& crew) { parts_->join(crew); }

}  // namespace strongroom::cli

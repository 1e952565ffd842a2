// What the commands of the companions work with beside a service: the configuration, the catalogue of the data
// directory, providers and a log (transfers.md 1.1).
//
// What is wrong with any of it has been complained of. Made by the thread of the command, and outlives everything that
// is made of it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "adapters/host/stop_signals.hpp"
#include "adapters/metrics/prometheus_metrics.hpp"
#include "cli/command.hpp"
#include "cli/companions.hpp"
#include "cli/config_options.hpp"
#include "cli/config_values.hpp"
#include "cli/data_catalogue.hpp"
#include "cli/management_server.hpp"

namespace strongroom::cli {

/// How a command ends: by itself, so that a signal ends it as any program; or when it is asked to.
enum class Ends : std::uint8_t { by_itself, when_asked };

class CompanionCommand {
 public:
  /// Null after a complaint, which is one of wrong usage.
  static std::unique_ptr<CompanionCommand> open(const ConfigArguments& where, const Surroundings& surroundings,
                                                Ends ends);
  /// The same with a configuration that has been looked at.
  static std::unique_ptr<CompanionCommand> open(const Config& config, const Surroundings& surroundings, Ends ends);
  CompanionCommand(const CompanionCommand&) = delete;
  CompanionCommand& operator=(const CompanionCommand&) = delete;

  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] const Surroundings& surroundings() const { return surroundings_; }
  [[nodiscard]] host::Console& console() const { return surroundings_.console; }
  /// Stopped by a signal, of a command that ends when it is asked to.
  [[nodiscard]] std::stop_token stop() const { return signals_ ? signals_->token() : std::stop_token(); }
  [[nodiscard]] DataCatalogue& data() { return *data_; }
  [[nodiscard]] Log& journal() { return *journal_; }
  [[nodiscard]] Providers& providers() { return providers_; }
  [[nodiscard]] Metrics& metrics() { return metrics_; }
  [[nodiscard]] Alerts& alerts() { return *alerts_; }
  /// What companions are made of.
  [[nodiscard]] CompanionNeeds needs();
  /// The companions; null after a complaint.
  [[nodiscard]] std::unique_ptr<Companions> companions();
  /// Metrics and health can be asked for at that address until the command ends, as at `metrics.address` of a service;
  /// nowhere without one. False after a complaint.
  [[nodiscard]] bool tell_metrics(const std::optional<ListenAddress>& address);

 private:
  CompanionCommand(Config config, const Surroundings& surroundings);
  void make_alerts();

  const Config config_;
  const Surroundings surroundings_;
  std::unique_ptr<host::StopSignals> signals_;  ///< null without
  std::unique_ptr<DataCatalogue> data_;
  std::unique_ptr<Log> journal_;
  Providers providers_;
  metrics::PrometheusMetrics metrics_;
  std::unique_ptr<Alerts> alerts_;
  /// A stop waits for nobody's answer.
  std::optional<std::stop_callback<std::function<void()>>> end_calls_;
  std::unique_ptr<ManagementServer> management_;  ///< null without
};

/// `--metrics ADDRESS:PORT`, for commands that go on.
[[nodiscard]] Parameter metrics_option(std::optional<ListenAddress>& into);

}  // namespace strongroom::cli

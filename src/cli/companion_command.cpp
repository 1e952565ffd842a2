#include "cli/companion_command.hpp"

#include "adapters/host/structured_log.hpp"

namespace strongroom::cli {

CompanionCommand::CompanionCommand(Config config, const Surroundings& surroundings)
    : config_(std::move(config)),
      surroundings_(surroundings),
      journal_(host::make_log({config_.log_format, config_.log_level, 2}, surroundings.clock)),
      providers_(surroundings.clock, surroundings.entropy, surroundings.environment()) {}

std::unique_ptr<CompanionCommand> CompanionCommand::open(const ConfigArguments& where, const Surroundings& surroundings,
                                                         Ends ends) {
  const std::optional<Config> config = config_or_complain(where, surroundings.console);
  return config ? open(*config, surroundings, ends) : nullptr;
}

std::unique_ptr<CompanionCommand> CompanionCommand::open(const Config& config, const Surroundings& surroundings,
                                                         Ends ends) {
  std::unique_ptr<host::StopSignals> signals;
  if (ends == Ends::when_asked) {
    // Threads that are started later must not take the signals.
    auto watched = host::StopSignals::watch();
    if (!watched) {
      complain(surroundings.console, Exit::usage, watched.error());
      return nullptr;
    }
    signals = std::move(*watched);
  }
  auto data = DataCatalogue::open(config, surroundings.clock);
  if (!data) {
    complain(surroundings.console, Exit::usage, data.error());
    return nullptr;
  }
  std::unique_ptr<CompanionCommand> opened(new CompanionCommand(config, surroundings));
  opened->signals_ = std::move(signals);
  opened->data_ = std::move(*data);
  opened->make_alerts();
  opened->end_calls_.emplace(opened->stop(),
                             [opened = opened.get()] { opened->providers_.end_calls(Providers::kStopGrace); });
  return opened;
}

void CompanionCommand::make_alerts() {
  const WebhookNeeds webhook{providers_, surroundings_.environment(), surroundings_.clock, metrics_};
  alerts_ = std::make_unique<Alerts>(
      config_, AlertsNeeds{data_->transfers(), data_->aside(), webhook, surroundings_.entropy, *journal_});
}

CompanionNeeds CompanionCommand::needs() {
  return {data_->transfers(),    *alerts_, providers_, surroundings_.environment(), surroundings_.clock,
          surroundings_.entropy, metrics_, *journal_};
}

std::unique_ptr<Companions> CompanionCommand::companions() {
  auto made = Companions::make(config_, needs());
  if (made) return std::move(*made);
  complain(surroundings_.console, Exit::usage, made.error());
  return nullptr;
}

bool CompanionCommand::tell_metrics(const std::optional<ListenAddress>& address) {
  if (!address) return true;
  management_ = std::make_unique<ManagementServer>(
      *address, api::ManagementNeeds{data_->desk(), data_->transfers(), data_->sinks(), metrics_, surroundings_.clock,
                                     *journal_});
  const Result<void> started = management_->start();
  if (!started) complain(surroundings_.console, Exit::usage, started.error());
  return started.has_value();
}

Parameter metrics_option(std::optional<ListenAddress>& into) {
  Parameter metrics{
      "--metrics", "ADDRESS:PORT", "tell metrics and health of this process there, without authentication", {}};
  metrics.take = [&into](const std::string& text) {
    into = parse_listen(text);
    return into ? std::string() : std::string("must be a numeric address and a port, such as 127.0.0.1:9091");
  };
  return metrics;
}

}  // namespace strongroom::cli

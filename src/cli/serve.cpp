#include "cli/serve.hpp"

#include <memory>

#include "adapters/host/crew.hpp"
#include "adapters/host/service_manager.hpp"
#include "adapters/host/stop_signals.hpp"
#include "adapters/host/structured_log.hpp"
#include "cli/config_options.hpp"
#include "cli/wiring.hpp"

namespace strongroom::cli {
namespace {

Exit tell(host::Console& console, const ConfigProblems& problems) {
  for (const ConfigProblem& problem : problems) complain(console, Exit::usage, problem.text());
  return Exit::usage;
}

void note(Log& log, const Result<void>& told) {
  if (!told) log.write(LogLevel::warning, "service_manager_not_told", {{"error", told.error().text()}});
}

}  // namespace

Exit serve(const ServeOptions& options, const Surroundings& surroundings) {
  const std::variant<Config, ConfigProblems> loaded = load_config(options.arguments);
  if (const auto* problems = std::get_if<ConfigProblems>(&loaded)) return tell(surroundings.console, *problems);
  const Config& config = std::get<Config>(loaded);

  const Result<std::unique_ptr<host::StopSignals>> signals = host::StopSignals::watch();
  if (!signals) return complain(surroundings.console, Exit::usage, signals.error());
  const std::stop_token stop = signals.value()->token();
  const std::unique_ptr<Log> log = host::make_log({config.log_format, config.log_level, 2}, surroundings.clock);
  const auto found =
      host::ServiceManager::find([&](const std::string& name) { return surroundings.console.environment(name); });
  if (!found) return complain(surroundings.console, Exit::usage, found.error());
  const host::ServiceManager& manager = *found.value();

  note(*log, manager.status("Opening the catalogue and the locations"));
  Result<std::unique_ptr<Service>> started = Service::start(
      config, {surroundings.clock, surroundings.entropy, *log, surroundings.environment(), &surroundings.console});
  if (!started) {
    log->write(LogLevel::error, "start_failed", {{"error", started.error().text()}});
    return complain(surroundings.console, Exit::usage, started.error());
  }
  Service& service = *started.value();
  surroundings.console.out("strongroom is listening on " + service.url() + "\n");
  note(*log, manager.ready("Listening on " + service.url()));
  // Stopped after the service, which may take its time to stop and is alive for as long.
  host::Crew watch;
  watch.add([&](const std::stop_token& watch_stop) {
    host::show_life(manager, surroundings.clock, [&] { service.look(); }, watch_stop);
  });
  signals.value()->on_reload([&] {
    note(*log, manager.reloading("Reading the certificate again"));
    service.reload();
    note(*log, manager.ready("Listening on " + service.url()));
  });
  surroundings.clock.wait_until(Duration::max(), stop);
  signals.value()->on_reload({});
  log->write(LogLevel::info, "stopping", {});
  note(*log, manager.stopping("Letting requests under way end"));
  service.stop();
  log->write(LogLevel::info, "stopped", {});
  return Exit::success;
}

Command serve_command() {
  const auto options = std::make_shared<ServeOptions>();
  ConfigArguments& arguments = options->arguments;
  Command command("serve", "run the service");
  command.description =
      "Runs the service until SIGTERM or SIGINT, then lets requests under way end.\n\n"
      "Without --config everything lies in the data directory: the catalogue (SQLite), three locations, an upload "
      "area. "
      "Logs go to standard error, one line an event; standard output gets one line once the service listens.";
  command.examples = {{"Everything below one directory", "strongroom serve --data /srv/strongroom"},
                      {"On another port", "strongroom serve --data /srv/strongroom --listen 127.0.0.1:9000"},
                      {"As configured", "strongroom serve --config /etc/strongroom.toml"}};
  command.exits = {{Exit::success, "it was asked to stop, and did"}};
  add_config_options(command, arguments);
  command.run = [options](const Surroundings& surroundings) { return serve(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

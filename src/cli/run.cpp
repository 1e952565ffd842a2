#include "cli/run.hpp"

#include <CLI/CLI.hpp>

#include <functional>

#include "adapters/host/kernel_entropy.hpp"
#include "adapters/host/system_clock.hpp"
#include "cli/client_add.hpp"
#include "cli/ingest.hpp"
#include "cli/location_init.hpp"
#include "cli/serve.hpp"

namespace strongroom::cli {
namespace {

constexpr const char* kProgramHelp = R"(Strongroom: an archival storage service.

A bag (BagIt, packed as tar.gz) comes in, is unpacked and checked byte by byte, gets a version, is copied to several
locations, read back from each, and only then called stored.

Try it on this machine:
  strongroom serve --data ./strongroom-data &
  strongroom client add --data ./strongroom-data --name me
  export STRONGROOM_CLIENT_ID=... STRONGROOM_CLIENT_SECRET=...
  strongroom ingest ./my-bag --space demo --wait
)";

constexpr const char* kExitCodes =
    "\nExit codes: 0 success; 1 the ingest failed; 2 usage, configuration or a local file; 3 the service did not "
    "answer, or refused.";

constexpr const char* kServeHelp = R"(Runs the service until SIGTERM or SIGINT, then lets requests under way end.

Without --config everything lies in the data directory: the catalogue (SQLite), three locations, an upload area.
Logs go to standard error, one line an event; standard output gets one line once the service listens.

Examples:
  strongroom serve --data /srv/strongroom
  strongroom serve --data /srv/strongroom --listen 127.0.0.1:9000
  strongroom serve --config /etc/strongroom.toml
)";

constexpr const char* kClientAddHelp = R"(Registers a client of the API and prints its id and secret, once.

Works while the service runs. Without --scope the client may ask for ingests, follow them, and look bags up.

Examples:
  strongroom client add --data /srv/strongroom --name "Goobi"
  strongroom client add --data /srv/strongroom --name viewer --scope bags:read --scope bags:content --space maps
  strongroom client add --data /srv/strongroom --name operator --all-scopes --json
)";

constexpr const char* kLocationInitHelp =
    R"(Makes a directory a storage location: writes the marker that proves it is itself.

Done once for each [[locations]] of a configuration, before it is served for the first time. The directory is made when
it is not there. One that is a location already is refused.

Example:
  strongroom location init /mnt/vault --label "the vault"
)";

constexpr const char* kIngestHelp = R"(Uploads a bag to a running service and asks for it to be stored.

BAG is a packed bag (tar.gz), or a bag's directory, which is packed on the way. Without --id the identifier is the
External-Identifier of its bag-info.txt.

Examples:
  strongroom ingest b12345678.tar.gz --space digitised --wait
  strongroom ingest ./b12345678 --space digitised --id b12345678 --update --wait
  strongroom ingest b1.tar.gz --space maps --url https://archive.example.org/storage/v1 --json
)";

/// The options of every subcommand, and the one that was chosen.
struct Commands {
  ServeOptions serve;
  ClientAddOptions client_add;
  LocationInitOptions location_init;
  IngestOptions ingest;
  std::function<Exit(const Surroundings&)> chosen;
};

void add_serve(CLI::App& app, Commands& commands) {
  CLI::App* command = app.add_subcommand("serve", kServeHelp);
  command->add_option("--data", commands.serve.arguments.data, "data directory; made when it is not there")
      ->type_name("DIR");
  command->add_option("--listen", commands.serve.arguments.listen, "address and port [127.0.0.1:8080]")
      ->type_name("ADDRESS:PORT");
  command->add_option("--config", commands.serve.arguments.file, "configuration file (TOML)")->type_name("FILE");
  command->callback([&] { commands.chosen = [&](const Surroundings& s) { return serve(commands.serve, s); }; });
}

void add_client(CLI::App& app, Commands& commands) {
  CLI::App* group = app.add_subcommand("client", "Clients of the API.")->require_subcommand(1);
  CLI::App* command = group->add_subcommand("add", kClientAddHelp);
  ClientAddOptions& options = commands.client_add;
  command->add_option("--data", options.data, "data directory of the service")->required()->type_name("DIR");
  command->add_option("--name", options.name, "who it is, for people")->required()->type_name("NAME");
  command->add_option("--scope", options.scopes, "what it may do; may be given again")
      ->type_name("SCOPE")
      ->allow_extra_args(false);
  command->add_option("--space", options.spaces, "where it may do so; may be given again; any space without it")
      ->type_name("SPACE")
      ->allow_extra_args(false);
  command->add_flag("--all-scopes", options.all_scopes, "everything, for operators")->excludes("--scope");
  command->add_flag("--json", options.json, "print JSON");
  command->callback(
      [&] { commands.chosen = [&](const Surroundings& s) { return client_add(commands.client_add, s); }; });
}

void add_location(CLI::App& app, Commands& commands) {
  CLI::App* group = app.add_subcommand("location", "Storage locations.")->require_subcommand(1);
  CLI::App* command = group->add_subcommand("init", kLocationInitHelp);
  LocationInitOptions& options = commands.location_init;
  command->add_option("path", options.path, "directory")->required()->type_name("PATH");
  command->add_option("--label", options.label, "its name in events and reports")->required()->type_name("LABEL");
  command->add_option("--prefix", options.prefix, "key prefix, ending in a slash")->type_name("PREFIX");
  command->callback(
      [&] { commands.chosen = [&](const Surroundings& s) { return location_init(commands.location_init, s); }; });
}

void add_ingest(CLI::App& app, Commands& commands) {
  CLI::App* command = app.add_subcommand("ingest", kIngestHelp);
  IngestOptions& options = commands.ingest;
  command->add_option("bag", options.bag, "packed bag or bag directory")->required()->type_name("BAG");
  command->add_option("--space", options.space, "space of the bag")->required()->type_name("SPACE");
  command->add_option("--id", options.id, "external identifier of the bag")->type_name("IDENTIFIER");
  command->add_flag("--update", options.update, "a new version of a bag that is stored already");
  command->add_flag("--wait", options.wait, "follow the ingest until it has succeeded or failed");
  command->add_flag("--json", options.json, "print the ingest document and nothing else");
  command->add_option("--area", options.area, "upload area of the service [uploads]")->type_name("AREA");
  command->add_option("--url", options.url, "base URL of the API, or STRONGROOM_URL [" + std::string(kDefaultUrl) + "]")
      ->type_name("URL");
  command->add_option("--client-id", options.client_id, "or STRONGROOM_CLIENT_ID")->type_name("ID");
  command
      ->add_option("--client-secret", options.client_secret,
                   "or STRONGROOM_CLIENT_SECRET, which others on this machine cannot see")
      ->type_name("SECRET");
  command->callback([&] { commands.chosen = [&](const Surroundings& s) { return ingest(commands.ingest, s); }; });
}

}  // namespace

int run(const std::vector<std::string>& arguments, host::Console& console) {
  CLI::App app(kProgramHelp, "strongroom");
  Commands commands;
  app.set_version_flag("--version", std::string("strongroom ") + STRONGROOM_VERSION);
  app.footer(kExitCodes);
  app.require_subcommand(1);
  add_serve(app, commands);
  add_client(app, commands);
  add_location(app, commands);
  add_ingest(app, commands);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& success) {
    std::ostringstream out;
    app.exit(success, out, out);
    console.out(out.str());
    return static_cast<int>(Exit::success);
  } catch (const CLI::ParseError& error) {
    return static_cast<int>(complain(console, Exit::usage, std::string(error.what()) + " (--help tells more)"));
  }
  host::SystemClock clock;
  host::KernelEntropy entropy;
  return static_cast<int>(commands.chosen({console, clock, entropy}));
}

}  // namespace strongroom::cli

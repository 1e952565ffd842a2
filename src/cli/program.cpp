#include "cli/program.hpp"

#include "cli/audit.hpp"
#include "cli/bag_show.hpp"
#include "cli/check.hpp"
#include "cli/clients.hpp"
#include "cli/completion.hpp"
#include "cli/index.hpp"
#include "cli/ingest.hpp"
#include "cli/ingests.hpp"
#include "cli/location_init.hpp"
#include "cli/login.hpp"
#include "cli/man_page.hpp"
#include "cli/notify.hpp"
#include "cli/rebuild.hpp"
#include "cli/reindex.hpp"
#include "cli/report.hpp"
#include "cli/search.hpp"
#include "cli/serve.hpp"
#include "cli/subscriptions.hpp"
#include "cli/transfers.hpp"

namespace strongroom::cli {
namespace {

constexpr const char* kDescription =
    "A bag (BagIt, packed as tar.gz) comes in, is unpacked and checked byte by byte, gets a version, is copied to "
    "several "
    "locations, read back from each, and only then called stored.\n\n"
    "serve runs the service; client, location, audit and check are for those who operate it, beside its data. The "
    "other "
    "commands call a running service, here or elsewhere, with the credentials of a client.";

/// For pages and completions, which only look at it.
Command program_to_look_at() { return make_program(std::make_shared<Colours>()); }

Command location_group() {
  Command group("location", "prepare storage locations");
  group.description = "Commands about the places where bags are kept.";
  group.commands = {location_init_command()};
  return group;
}

}  // namespace

Command make_program(const std::shared_ptr<Colours>& colours) {
  Command program("strongroom", "an archival storage service");
  program.description = kDescription;
  program.examples = {{"Try it on this machine: run the service", "strongroom serve --data ./strongroom-data &"},
                      {"Make a client of it", "strongroom client add --data ./strongroom-data --name me"},
                      {"Keep what that printed", "strongroom login --client-id me-5f2a81c0"},
                      {"Store a bag", "strongroom ingest ./my-bag --space demo --follow"}};
  program.exits = {{Exit::failed, "an ingest that was followed failed, or an audit log is not whole"},
                   {Exit::unavailable, "the service did not answer, or refused"}};
  Parameter color{"--color", "WHEN", "colours on standard output", {}};
  color.take = [colours](const std::string& text) {
    *colours = text == "always" ? Colours::always : text == "never" ? Colours::never : Colours::automatic;
    return std::string();
  };
  program.parameters.push_back(color.one_of({"auto", "always", "never"}));
  program.commands = {serve_command(),
                      login_command(),
                      logout_command(),
                      ingest_command(),
                      ingests_command(),
                      report_command(),
                      retry_command(),
                      bag_command(),
                      search_command(),
                      reindex_command(),
                      index_group(),
                      subscriptions_group(),
                      transfers_group(),
                      notify_group(),
                      client_group(),
                      location_group(),
                      audit_group(),
                      rebuild_command(),
                      check_group(),
                      completion_command(program_to_look_at),
                      man_command(program_to_look_at)};
  return program;
}

}  // namespace strongroom::cli

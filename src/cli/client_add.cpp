#include "cli/client_add.hpp"

#include <memory>

#include "api/secrets.hpp"
#include "base/text.hpp"
#include "cli/client_view.hpp"
#include "cli/config_options.hpp"
#include "cli/data_catalogue.hpp"

namespace strongroom::cli {
namespace {

struct ClientAddOptions {
  ConfigArguments where;
  std::string name;
  std::vector<std::string> scopes;  ///< ingests:write, ingests:read and bags:read when empty
  std::vector<std::string> spaces;  ///< any when empty
  bool all_scopes = false;
  bool json = false;
};

/// `Goobi workflow` -> `goobi-workflow-5f2a`: told apart by people and by the machine.
std::string id_for(const std::string& name, Entropy& entropy) {
  constexpr std::size_t kNameMax = 48;
  std::string id;
  for (const char c : to_lower_ascii(name)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    if (plain) id += c;
    if (!plain && !id.empty() && id.back() != '-') id += '-';
    if (id.size() == kNameMax) break;
  }
  if (!id.empty() && id.back() != '-') id += '-';
  return id + random_uuid(entropy).substr(0, 8);
}

std::vector<Grant> grants_of(const ClientAddOptions& options) {
  std::vector<std::string> scopes = options.scopes;
  if (options.all_scopes) scopes = all_scopes();
  if (scopes.empty()) scopes = {"ingests:write", "ingests:read", "bags:read"};
  return with_grants({}, scopes, options.spaces);
}

struct NewClient {
  ClientAccount account;
  std::string secret;
};

Result<NewClient> make_client(const ClientAddOptions& options, const Surroundings& surroundings) {
  const std::optional<ClientId> id = ClientId::parse(id_for(options.name, surroundings.entropy));
  CHECK(id.has_value());
  std::string secret = random_token(surroundings.entropy, 32);
  TRY(std::string hash, api::hash_secret(secret, surroundings.entropy));
  ClientAccount account{*id, options.name, {std::move(hash)}, grants_of(options), false, surroundings.clock.now()};
  return NewClient{std::move(account), std::move(secret)};
}

Result<void> store(const Config& config, const ClientAccount& account, Clock& clock) {
  TRY(const auto catalogue, DataCatalogue::open(config, clock, true));
  return catalogue->accounts().add_client(account,
                                          operators_deed(audit_action::kClientAdded, account.id, "done", clock));
}

Exit client_add(const ClientAddOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  if (options.name.empty() || !is_utf8(options.name) || has_control_characters(options.name)) {
    return complain(console, Exit::usage, "--name must be a text on one line");
  }
  const Result<void> spaces = check_spaces(options.spaces);
  if (!spaces) return complain(console, Exit::usage, spaces.error());
  const std::optional<Config> config = config_or_complain(options.where, console);
  if (!config) return Exit::usage;
  const Result<NewClient> client = make_client(options, surroundings);
  if (!client) return complain(console, Exit::usage, client.error());
  const Result<void> stored = store(*config, client->account, surroundings.clock);
  if (!stored) return complain(console, Exit::usage, stored.error());
  console.out(options.json ? client_json(client->account, client->secret) + "\n"
                           : client_text(client->account, Paint::for_out(surroundings), client->secret));
  return Exit::success;
}

}  // namespace

Command client_add_command() {
  const auto options = std::make_shared<ClientAddOptions>();
  Command command("add", "register a client and print its secret, once");
  command.description =
      "Registers a client of the API and prints its id and secret. Works while the service runs. Without --scope the "
      "client may ask for ingests, follow them, and look bags up.";
  command.examples = {{"For a workflow system", "strongroom client add --data /srv/strongroom --name \"Goobi\""},
                      {"For readers of one space",
                       "strongroom client add --data /srv/strongroom --name viewer --scope bags:read --scope "
                       "bags:content --space maps"},
                      {"For an operator", "strongroom client add --data /srv/strongroom --name operator --all-scopes"}};
  command.option("--name", "NAME", options->name, "who it is, for people").require();
  command.option("--scope", "SCOPE", options->scopes, "what it may do").one_of(all_scopes());
  command.option("--space", "SPACE", options->spaces, "where it may do so; any space without it");
  command.flag("--all-scopes", options->all_scopes, "everything, for operators").excludes({"--scope"});
  command.flag("--json", options->json, "print JSON");
  add_data_options(command, options->where);
  command.run = [options](const Surroundings& surroundings) { return client_add(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

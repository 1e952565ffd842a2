#include "cli/client_add.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "api/secrets.hpp"
#include "base/json_text.hpp"
#include "cli/config.hpp"

namespace strongroom::cli {
namespace {

struct ClientAddOptions {
  std::string data;
  std::string name;
  std::vector<std::string> scopes;  ///< ingests:write, ingests:read and bags:read when empty
  std::vector<std::string> spaces;  ///< any when empty
  bool all_scopes = false;
  bool json = false;
};

/// The command line takes no leases, so it never has to know whether another worker is alive.
class NobodyIsDead final : public Owners {
 public:
  bool proven_dead(const OwnerId&) override { return false; }
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

Result<std::vector<Grant>> grants_of(const ClientAddOptions& options) {
  std::vector<std::string> scopes = options.scopes;
  if (options.all_scopes) scopes = all_scopes();
  if (scopes.empty()) scopes = {"ingests:write", "ingests:read", "bags:read"};
  for (const std::string& space : options.spaces) {
    const Result<Space> parsed = Space::parse(space);
    if (!parsed) return rejected("--space " + one_line(space) + ": " + parsed.error().what);
  }
  std::vector<Grant> grants;
  for (const std::string& scope : scopes) {
    if (std::ranges::find(all_scopes(), scope) == all_scopes().end()) {
      const std::string guess = nearest(scope, all_scopes());
      return rejected("--scope " + one_line(scope) + ": there is no such scope" +
                      (guess.empty() ? "" : "; did you mean " + guess + "?") +
                      " All scopes: " + join(all_scopes(), " "));
    }
    const auto same = [&](const Grant& grant) { return grant.scope == scope; };
    if (std::ranges::any_of(grants, same)) continue;
    Grant grant{scope, std::nullopt};
    if (!options.spaces.empty()) grant.spaces = options.spaces;
    grants.push_back(std::move(grant));
  }
  return grants;
}

struct NewClient {
  ClientAccount account;
  std::string secret;
};

Result<NewClient> make_client(const ClientAddOptions& options, std::vector<Grant> grants,
                              const Surroundings& surroundings) {
  const std::optional<ClientId> id = ClientId::parse(id_for(options.name, surroundings.entropy));
  CHECK(id.has_value());
  std::string secret = random_token(surroundings.entropy, 32);
  TRY(std::string hash, api::hash_secret(secret, surroundings.entropy));
  ClientAccount account{*id, options.name, {std::move(hash)}, std::move(grants), false, surroundings.clock.now()};
  return NewClient{std::move(account), std::move(secret)};
}

Result<void> store(const std::string& data, const ClientAccount& account, Clock& clock) {
  std::error_code trouble;
  std::filesystem::create_directories(data, trouble);
  if (trouble) return broken("The data directory cannot be made: " + trouble.message(), data);
  Config config;
  config.data = data;
  NobodyIsDead owners;
  TRY(const auto catalogue, sqlite::open_sqlite_catalogue(config.catalogue_file(), clock, owners));
  return catalogue->add_client(
      account, Deed{"operator", std::string(audit_action::kClientAdded), "client " + account.id.str(), "done", {},
                    clock.now()});
}

std::string as_json(const NewClient& client) {
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .member("client_id", client.account.id.str())
      .member("client_secret", client.secret)
      .member("name", client.account.name);
  json.key("grants").begin_array();
  for (const Grant& grant : client.account.grants) {
    json.begin_object().member("scope", grant.scope);
    if (grant.spaces) {
      json.key("spaces").begin_array();
      for (const std::string& space : *grant.spaces) json.text(space);
      json.end_array();
    }
    json.end_object();
  }
  json.end_array().end_object();
  return text + "\n";
}

std::string as_text(const NewClient& client) {
  std::vector<std::string> scopes;
  for (const Grant& grant : client.account.grants) scopes.push_back(grant.scope);
  const std::optional<std::vector<std::string>>& spaces = client.account.grants.front().spaces;
  return "client_id:     " + client.account.id.str() + "\nclient_secret: " + client.secret +
         "\nscopes:        " + join(scopes, " ") + "\nspaces:        " + (spaces ? join(*spaces, " ") : "any") +
         "\nThe secret is not kept and cannot be shown again.\n";
}

Exit client_add(const ClientAddOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  if (options.name.empty() || !is_utf8(options.name) || has_control_characters(options.name)) {
    return complain(console, Exit::usage, "--name must be a text on one line");
  }
  Result<std::vector<Grant>> grants = grants_of(options);
  if (!grants) return complain(console, Exit::usage, grants.error());
  const Result<NewClient> client = make_client(options, std::move(grants).value(), surroundings);
  if (!client) return complain(console, Exit::usage, client.error());
  const Result<void> stored = store(options.data, client->account, surroundings.clock);
  if (!stored) return complain(console, Exit::usage, stored.error());
  console.out(options.json ? as_json(client.value()) : as_text(client.value()));
  return Exit::success;
}

}  // namespace

const std::vector<std::string>& all_scopes() {
  static const std::vector<std::string> kScopes = {"ingests:write", "ingests:read",   "bags:read",       "bags:content",
                                                   "events:read",   "transfers:read", "transfers:write", "operator"};
  return kScopes;
}

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
  command.option("--data", "DIR", options->data, "data directory of the service")
      .require()
      .completed_by(Completes::directory);
  command.option("--name", "NAME", options->name, "who it is, for people").require();
  command.option("--scope", "SCOPE", options->scopes, "what it may do").one_of(all_scopes());
  command.option("--space", "SPACE", options->spaces, "where it may do so; any space without it");
  command.flag("--all-scopes", options->all_scopes, "everything, for operators").excludes({"--scope"});
  command.flag("--json", options->json, "print JSON");
  command.run = [options](const Surroundings& surroundings) { return client_add(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

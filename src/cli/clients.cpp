#include "cli/clients.hpp"

#include <memory>

#include "api/secrets.hpp"
#include "base/text.hpp"
#include "cli/client_add.hpp"
#include "cli/client_view.hpp"
#include "cli/config_options.hpp"
#include "cli/data_catalogue.hpp"
#include "cli/readable.hpp"
#include "cli/table.hpp"

namespace strongroom::cli {
namespace {

struct ClientOptions {
  std::string id;
  ConfigArguments where;
  std::vector<std::string> scopes;
  std::vector<std::string> spaces;
  bool finish = false;
  bool json = false;
};

/// What a command makes of an account; `outcome` is what the audit log says.
struct Change {
  ClientAccount after;
  std::string outcome;
};
using Changer = std::function<Result<Change>(const ClientAccount& before)>;

/// One command at work: the catalogue is open, the client is known by name.
class Desk {
 public:
  Desk(const ClientOptions& options, const Surroundings& surroundings)
      : options_(options), surroundings_(surroundings) {}

  Result<void> open() {
    for (const std::string& space : options_.spaces) TRY_VOID(check_spaces({space}));
    const std::optional<Config> config = config_or_complain(options_.where, surroundings_.console);
    if (!config) return rejected("the client was not looked for");
    TRY(catalogue_, DataCatalogue::open(*config, surroundings_.clock));
    return ok();
  }
  [[nodiscard]] Accounts& accounts() const { return catalogue_->accounts(); }

  [[nodiscard]] Result<ClientAccount> find() const {
    const std::optional<ClientId> id = ClientId::parse(options_.id);
    if (id) {
      TRY(std::optional<ClientAccount> account, accounts().find_client(*id));
      if (account) return std::move(*account);
    }
    return rejected("there is no client " + one_line(options_.id) + ": `strongroom client list` shows all of them");
  }

  /// Makes a change, once more when somebody else changed the account meanwhile.
  [[nodiscard]] Result<ClientAccount> change(const Changer& changer) const {
    constexpr int kTries = 5;
    for (int i = 1;; ++i) {
      TRY(const ClientAccount before, find());
      TRY(Change change, changer(before));
      if (change.after == before) return std::move(change.after);
      const Result<void> changed = accounts().change_client(
          before, change.after,
          operators_deed(audit_action::kClientChanged, before.id, change.outcome, surroundings_.clock));
      if (changed) return std::move(change.after);
      if (changed.error().reason != Reason::conflict || i == kTries) return changed.error();
    }
  }

  [[nodiscard]] Result<std::uint64_t> revoke_tokens(const ClientId& id) const {
    return accounts().revoke_tokens(id, operators_deed(audit_action::kTokensRevoked, id, "done", surroundings_.clock));
  }

  Exit refuse(const Error& error) const { return complain(surroundings_.console, Exit::usage, error); }
  Exit show(const Result<ClientAccount>& account, const std::string& secret = {}) const {
    if (!account) return refuse(account.error());
    surroundings_.console.out(options_.json ? client_json(*account, secret) + "\n"
                                            : client_text(*account, Paint::for_out(surroundings_), secret));
    return Exit::success;
  }

 private:
  const ClientOptions& options_;
  const Surroundings& surroundings_;
  std::unique_ptr<DataCatalogue> catalogue_;
};

Exit list(const ClientOptions& options, const Surroundings& surroundings, const Desk& desk) {
  const Result<std::vector<ClientAccount>> accounts = desk.accounts().list_clients();
  if (!accounts) return desk.refuse(accounts.error());
  host::Console& console = surroundings.console;
  if (options.json) {
    std::vector<std::string> documents;
    for (const ClientAccount& account : *accounts) documents.push_back(client_json(account));
    console.out("{\"clients\":[" + join(documents, ",") + "]}\n");
    return Exit::success;
  }
  Table table({"CLIENT", "STATE", "CREATED", "NAME", "SCOPES"});
  for (const ClientAccount& account : *accounts) {
    table.add({{account.id.str(), ""},
               {account.disabled ? "disabled" : "enabled", account.disabled ? "failed" : ""},
               {readable_instant(format_instant(account.created)), ""},
               {one_line(account.name), ""},
               {grants_text(account.grants), ""}});
  }
  console.out(console.out_is_terminal() ? table.aligned(Paint::for_out(surroundings)) : table.plain());
  return Exit::success;
}

Exit show(const ClientOptions&, const Surroundings&, const Desk& desk) { return desk.show(desk.find()); }

Exit grant(const ClientOptions& options, const Surroundings&, const Desk& desk) {
  return desk.show(desk.change([&](const ClientAccount& before) -> Result<Change> {
    ClientAccount after = before;
    after.grants = with_grants(before.grants, options.scopes, options.spaces);
    return Change{std::move(after), "granted " + join(options.scopes, " ") +
                                        (options.spaces.empty() ? "" : " for " + join(options.spaces, ", "))};
  }));
}

/// Tokens go too: one that was given out for what is revoked shall not be shown around any longer.
Exit revoke(const ClientOptions& options, const Surroundings&, const Desk& desk) {
  const Result<ClientAccount> changed = desk.change([&](const ClientAccount& before) -> Result<Change> {
    ClientAccount after = before;
    TRY(after.grants, without_grants(before.grants, options.scopes, options.spaces));
    return Change{std::move(after), "revoked " + join(options.scopes, " ") +
                                        (options.spaces.empty() ? "" : " for " + join(options.spaces, ", "))};
  });
  if (!changed) return desk.refuse(changed.error());
  const Result<std::uint64_t> revoked = desk.revoke_tokens(changed->id);
  return revoked ? desk.show(changed) : desk.refuse(revoked.error());
}

Exit disable(const ClientOptions&, const Surroundings&, const Desk& desk) {
  return desk.show(desk.change([](const ClientAccount& before) -> Result<Change> {
    ClientAccount after = before;
    after.disabled = true;
    return Change{std::move(after), "disabled"};
  }));
}

Exit enable(const ClientOptions&, const Surroundings&, const Desk& desk) {
  return desk.show(desk.change([](const ClientAccount& before) -> Result<Change> {
    ClientAccount after = before;
    after.disabled = false;
    return Change{std::move(after), "enabled"};
  }));
}

Exit rotate(const ClientOptions& options, const Surroundings& surroundings, const Desk& desk) {
  if (options.finish) {
    return desk.show(desk.change([](const ClientAccount& before) -> Result<Change> {
      if (before.secret_hashes.size() < 2) return rejected("the client has one secret only: no rotation is under way");
      ClientAccount after = before;
      after.secret_hashes = {before.secret_hashes.back()};
      return Change{std::move(after), "old secret dropped"};
    }));
  }
  const std::string secret = random_token(surroundings.entropy, 32);
  const Result<std::string> hash = api::hash_secret(secret, surroundings.entropy);
  if (!hash) return desk.refuse(hash.error());
  const Result<ClientAccount> changed = desk.change([&](const ClientAccount& before) -> Result<Change> {
    if (before.secret_hashes.size() > 1) {
      return rejected("the client has two secrets already: --finish drops the old one first");
    }
    ClientAccount after = before;
    after.secret_hashes.push_back(*hash);
    return Change{std::move(after), "second secret added"};
  });
  return desk.show(changed, secret);
}

Exit revoke_tokens(const ClientOptions& options, const Surroundings& surroundings, const Desk& desk) {
  const Result<ClientAccount> account = desk.find();
  if (!account) return desk.refuse(account.error());
  const Result<std::uint64_t> revoked = desk.revoke_tokens(account->id);
  if (!revoked) return desk.refuse(revoked.error());
  surroundings.console.out(options.json ? "{\"client_id\":\"" + account->id.str() +
                                              "\",\"revoked\":" + std::to_string(*revoked) + "}\n"
                                        : counted(*revoked, "token") + " of " + account->id.str() + " revoked\n");
  return Exit::success;
}

using Work = Exit (*)(const ClientOptions&, const Surroundings&, const Desk&);

/// A command that does `work` at an open desk.
Command made(const char* name, const char* summary, const char* description, Work work,
             const std::shared_ptr<ClientOptions>& options, bool one_client = true) {
  Command command(name, summary);
  command.description = description;
  if (one_client) command.argument("ID", options->id, "id of the client");
  command.flag("--json", options->json, "print JSON");
  add_data_options(command, options->where);
  command.run = [options, work](const Surroundings& surroundings) {
    Desk desk(*options, surroundings);
    const Result<void> opened = desk.open();
    return opened ? work(*options, surroundings, desk) : desk.refuse(opened.error());
  };
  return command;
}

Command with_example(Command command, const char* what, const char* line) {
  command.examples.push_back({what, line});
  return command;
}

Command grant_command() {
  const auto options = std::make_shared<ClientOptions>();
  Command command = made("grant", "let a client do more",
                         "Adds scopes to a client: for the named spaces, beside those it has, or for any space without "
                         "--space. Acts on the next request of the client.",
                         grant, options);
  command.option("--scope", "SCOPE", options->scopes, "what it may do").one_of(all_scopes()).require();
  command.option("--space", "SPACE", options->spaces, "where it may do so; any space without it");
  return with_example(
      std::move(command), "Let it read the content of one space",
      "strongroom client grant viewer-5f2a81c0 --scope bags:content --space maps --data /srv/strongroom");
}

Command revoke_command() {
  const auto options = std::make_shared<ClientOptions>();
  Command command =
      made("revoke", "take rights from a client",
           "Takes scopes from a client: in the named spaces, or altogether without --space. Acts at once, and "
           "every token the client has is revoked too; it gets new ones for what is left.",
           revoke, options);
  command.option("--scope", "SCOPE", options->scopes, "what it may do no longer").one_of(all_scopes()).require();
  command.option("--space", "SPACE", options->spaces, "only there");
  return with_example(std::move(command), "No more deposits by this client",
                      "strongroom client revoke goobi-5f2a81c0 --scope ingests:write --data /srv/strongroom");
}

Command rotate_command() {
  const auto options = std::make_shared<ClientOptions>();
  Command command =
      made("rotate", "give a client a new secret",
           "Adds a second secret and prints it, once; both are valid until --finish drops the old one. So a "
           "client's configuration can be changed without a pause. Tokens that were got with the old secret "
           "stay valid until they expire: `strongroom client revoke-tokens` ends them.",
           rotate, options);
  command.flag("--finish", options->finish, "drop the old secret");
  command.examples = {
      {"A new secret beside the old one", "strongroom client rotate goobi-5f2a81c0 --data /srv/strongroom"},
      {"Once the client uses it", "strongroom client rotate goobi-5f2a81c0 --finish --data /srv/strongroom"}};
  return command;
}

}  // namespace

Command client_group() {
  const auto fresh = [] { return std::make_shared<ClientOptions>(); };
  Command group("client", "register clients of the API, change what they may do");
  group.description =
      "Commands about the clients that may use the API. They work on the catalogue of a data directory, beside a "
      "running "
      "service or without one, and act at once. Every change is recorded in the audit log.";
  group.commands = {
      client_add_command(),
      with_example(
          made("list", "list all clients",
               "Lists the clients by id. On a terminal as a table; otherwise a line each with tabs between id, "
               "state, creation, name and scopes.",
               list, fresh(), false),
          "Who may do what", "strongroom client list --data /srv/strongroom"),
      with_example(
          made("show", "show one client", "Shows what a client may do, and whether it is disabled.", show, fresh()),
          "One client as JSON", "strongroom client show goobi-5f2a81c0 --data /srv/strongroom --json"),
      grant_command(),
      revoke_command(),
      with_example(made("disable", "shut a client out",
                        "The client gets no more tokens, and those it has are void at once. What it may do is kept for "
                        "`strongroom client enable`.",
                        disable, fresh()),
                   "A laptop was lost", "strongroom client disable scan-5f2a81c0 --data /srv/strongroom"),
      with_example(
          made("enable", "let a disabled client in again", "Undoes `strongroom client disable`.", enable, fresh()),
          "It was found again", "strongroom client enable scan-5f2a81c0 --data /srv/strongroom"),
      rotate_command(),
      with_example(made("revoke-tokens", "make every token of a client void",
                        "Every access token the client has is void at once. It may get new ones with its secret.",
                        revoke_tokens, fresh()),
                   "A token was shown around",
                   "strongroom client revoke-tokens goobi-5f2a81c0 --data /srv/strongroom")};
  return group;
}

}  // namespace strongroom::cli

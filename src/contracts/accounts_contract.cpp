#include "contracts/accounts_contract.hpp"

#include "contracts/catalogue_contract_bench.hpp"

namespace strongroom::contracts {
namespace {

const Instant kNoon = instant_of(1'714'564'800'000'000);

ClientAccount account(const std::string& id) {
  return {*ClientId::parse(id),
          "Workflow \"Goobi\"",
          {"$scrypt$one", "$scrypt$two"},
          {{"ingests:write", std::nullopt},
           {"bags:read", std::vector<std::string>{"maps", "a:b"}},
           {"x", std::vector<std::string>{}}},
          true,
          kNoon};
}

Deed deed() { return {"operator", std::string(audit_action::kClientAdded), "client goobi", "done", {}, kNoon}; }

AccessToken token(char digit, Instant expires) {
  return {std::string(64, digit), *ClientId::parse("goobi"), {"ingests:write", "bags:read"}, expires};
}

Result<void> client_is_kept_whole(Accounts& accounts) {
  const ClientAccount given = account("goobi");
  TRY_VOID(accounts.add_client(given, deed()));
  TRY(const auto found, accounts.find_client(given.id));
  HOLDS(found && found->id == given.id && found->name == given.name && found->disabled);
  HOLDS(found->secret_hashes == given.secret_hashes && found->grants == given.grants);
  HOLDS(found->created == given.created);
  TRY(const auto nobody, accounts.find_client(*ClientId::parse("nobody")));
  HOLDS(!nobody);
  return {};
}

Result<void> taken_client_is_refused(Accounts& accounts) {
  TRY_VOID(accounts.add_client(account("goobi"), deed()));
  ClientAccount other = account("goobi");
  other.name = "other";
  REFUSES(Reason::already_exists, accounts.add_client(other, deed()));
  TRY(const auto found, accounts.find_client(other.id));
  HOLDS(found && found->name != "other");
  TRY_VOID(accounts.add_client(account("Goobi"), deed()));  // another id: case counts
  return {};
}

Result<void> token_is_kept_by_its_digest(Accounts& accounts) {
  TRY_VOID(accounts.add_client(account("goobi"), deed()));
  const AccessToken given = token('a', kNoon);
  TRY_VOID(accounts.add_token(given));
  TRY(const auto found, accounts.find_token(given.sha256));
  HOLDS(found && found->sha256 == given.sha256 && found->client == given.client);
  HOLDS(found->scopes == given.scopes && found->expires == given.expires);
  TRY(const auto other, accounts.find_token(std::string(64, 'b')));
  HOLDS(!other);
  REFUSES(Reason::already_exists, accounts.add_token(given));
  AccessToken bare = given;
  bare.sha256 = "the-token-itself";
  HOLDS(!accounts.add_token(bare));
  return {};
}

Result<void> expired_tokens_are_dropped(Accounts& accounts) {
  TRY_VOID(accounts.add_client(account("goobi"), deed()));
  TRY_VOID(accounts.add_token(token('a', kNoon - Duration(1))));
  TRY_VOID(accounts.add_token(token('b', kNoon)));
  TRY_VOID(accounts.add_token(token('c', kNoon + Duration(1))));
  TRY(const std::uint64_t dropped, accounts.drop_expired_tokens(kNoon));
  HOLDS(dropped == 1);
  TRY(const auto gone, accounts.find_token(std::string(64, 'a')));
  TRY(const auto kept, accounts.find_token(std::string(64, 'b')));
  TRY(const auto fresh, accounts.find_token(std::string(64, 'c')));
  HOLDS(!gone && kept && fresh);
  TRY(const std::uint64_t again, accounts.drop_expired_tokens(kNoon));
  HOLDS(again == 0);
  return {};
}

Result<void> change_takes_the_place(Accounts& accounts) {
  const ClientAccount before = account("goobi");
  TRY_VOID(accounts.add_client(before, deed()));
  ClientAccount after = before;
  after.name = "renamed";
  after.secret_hashes = {"$scrypt$three"};
  after.grants = {{"operator", std::nullopt}};
  after.disabled = false;
  TRY_VOID(accounts.change_client(before, after, deed()));
  TRY(const auto found, accounts.find_client(before.id));
  HOLDS(found == after);
  REFUSES(Reason::conflict, accounts.change_client(before, before, deed()));
  ClientAccount nobody = account("nobody");
  REFUSES(Reason::conflict, accounts.change_client(nobody, nobody, deed()));
  return {};
}

Result<void> disabling_and_revoking_drop_tokens(Accounts& accounts) {
  ClientAccount enabled = account("goobi");
  enabled.disabled = false;
  ClientAccount other = account("viewer");
  TRY_VOID(accounts.add_client(enabled, deed()));
  TRY_VOID(accounts.add_client(other, deed()));
  AccessToken others = token('o', kNoon);
  others.sha256 = std::string(64, '0');
  others.client = other.id;
  TRY_VOID(accounts.add_token(others));
  TRY_VOID(accounts.add_token(token('a', kNoon)));
  ClientAccount disabled = enabled;
  disabled.disabled = true;
  TRY_VOID(accounts.change_client(enabled, disabled, deed()));
  TRY(const auto gone, accounts.find_token(std::string(64, 'a')));
  HOLDS(!gone);
  TRY_VOID(accounts.add_token(token('b', kNoon)));
  TRY_VOID(accounts.add_token(token('c', kNoon)));
  TRY(const std::uint64_t revoked, accounts.revoke_tokens(enabled.id, deed()));
  HOLDS(revoked == 2);
  TRY(const auto kept, accounts.find_token(others.sha256));
  HOLDS(kept);
  return {};
}

Result<void> clients_are_listed_by_id(Accounts& accounts) {
  TRY_VOID(accounts.add_client(account("b"), deed()));
  TRY_VOID(accounts.add_client(account("a"), deed()));
  TRY(const auto clients, accounts.list_clients());
  HOLDS(clients.size() == 2 && clients[0] == account("a") && clients[1] == account("b"));
  return {};
}

}  // namespace

std::vector<AccountsCheck> accounts_checks() {
  return {
      {"ClientIsKeptWhole", client_is_kept_whole},
      {"TakenClientIsRefused", taken_client_is_refused},
      {"TokenIsKeptByItsDigest", token_is_kept_by_its_digest},
      {"ExpiredTokensAreDropped", expired_tokens_are_dropped},
      {"ChangeTakesThePlace", change_takes_the_place},
      {"DisablingAndRevokingDropTokens", disabling_and_revoking_drop_tokens},
      {"ClientsAreListedById", clients_are_listed_by_id},
  };
}

Result<void> run_accounts_check(const AccountsCheck& check, const MakeAccounts& make) {
  TRY(const auto accounts, make());
  return check.run(*accounts);
}

}  // namespace strongroom::contracts

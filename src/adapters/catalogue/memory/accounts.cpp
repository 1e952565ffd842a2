#include "adapters/catalogue/memory/catalogue.hpp"
#include "base/hex.hpp"

namespace strongroom::memory {

Result<void> MemoryAccounts::add_client(const ClientAccount& account, const Deed& deed) {
  const std::lock_guard lock(mutex_);
  if (!clients_.emplace(account.id.str(), account).second) {
    return broken("the client id is taken", account.id.str(), Reason::already_exists);
  }
  deeds_.push_back(deed);
  return {};
}

Result<void> MemoryAccounts::change_client(const ClientAccount& before, const ClientAccount& after, const Deed& deed) {
  CHECK(before.id == after.id);
  const std::lock_guard lock(mutex_);
  const auto known = clients_.find(before.id.str());
  if (known == clients_.end() || known->second != before) {
    return temporary("the client changed since it was read", before.id.str(), Reason::conflict);
  }
  known->second = after;
  if (after.disabled) std::erase_if(tokens_, [&](const auto& entry) { return entry.second.client == after.id; });
  deeds_.push_back(deed);
  return {};
}

Result<std::uint64_t> MemoryAccounts::revoke_tokens(const ClientId& id, const Deed& deed) {
  const std::lock_guard lock(mutex_);
  deeds_.push_back(deed);
  return std::erase_if(tokens_, [&](const auto& entry) { return entry.second.client == id; });
}

Result<std::vector<ClientAccount>> MemoryAccounts::list_clients() {
  const std::lock_guard lock(mutex_);
  std::vector<ClientAccount> clients;
  for (const auto& [id, account] : clients_) clients.push_back(account);
  return clients;
}

Result<std::optional<ClientAccount>> MemoryAccounts::find_client(const ClientId& id) {
  const std::lock_guard lock(mutex_);
  const auto known = clients_.find(id.str());
  return known == clients_.end() ? std::optional<ClientAccount>() : std::optional(known->second);
}

Result<void> MemoryAccounts::add_token(const AccessToken& token) {
  const auto digest = parse_hex(token.sha256);
  if (!digest || digest->size() != 32) return broken("a token is kept as its SHA-256 only");
  const std::lock_guard lock(mutex_);
  if (!tokens_.emplace(token.sha256, token).second) {
    return broken("the token is known already", {}, Reason::already_exists);
  }
  return {};
}

Result<std::optional<AccessToken>> MemoryAccounts::find_token(const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  const auto known = tokens_.find(sha256);
  return known == tokens_.end() ? std::optional<AccessToken>() : std::optional(known->second);
}

Result<std::uint64_t> MemoryAccounts::drop_expired_tokens(Instant instant) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(tokens_, [instant](const auto& entry) { return entry.second.expires < instant; });
}

}  // namespace strongroom::memory

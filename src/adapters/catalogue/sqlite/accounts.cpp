// Clients, their grants and their tokens.
#include <boost/json.hpp>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"
#include "base/hex.hpp"
#include "base/json_text.hpp"

namespace strongroom::sqlite {
namespace {

std::string encode_grants(const std::vector<Grant>& grants) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_array();
  for (const Grant& grant : grants) {
    writer.begin_object().member("scope", grant.scope);
    if (grant.spaces) writer.key("spaces").raw(encode_texts(*grant.spaces));
    writer.end_object();
  }
  writer.end_array();
  return json;
}

Result<std::vector<Grant>> decode_grants(const std::string& json) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(json, error);
  if (error || !value.is_array()) return bad_row("client", "grants");
  std::vector<Grant> grants;
  for (const auto& item : value.get_array()) {
    if (!item.is_object()) return bad_row("client", "grants");
    const auto* scope = item.get_object().if_contains("scope");
    if (scope == nullptr || !scope->is_string()) return bad_row("client", "grants");
    Grant grant{std::string(scope->get_string()), std::nullopt};
    if (const auto* spaces = item.get_object().if_contains("spaces")) {
      TRY(grant.spaces, decode_texts(boost::json::serialize(*spaces)));
    }
    grants.push_back(std::move(grant));
  }
  return grants;
}

Result<ClientAccount> read_client(const Statement& row) {
  const auto id = ClientId::parse(row.text(0));
  if (!id) return bad_row("client", "id");
  TRY(auto hashes, decode_texts(row.text(2)));
  TRY(auto grants, decode_grants(row.text(3)));
  return ClientAccount{*id, row.text(1), std::move(hashes), std::move(grants), row.boolean(4), row.instant(5)};
}

Result<std::optional<ClientAccount>> find_account(Connection& db, const ClientId& id) {
  Statement row =
      db.query("SELECT id, name, secret_hashes, grants, disabled, created FROM client WHERE id = ?", id.str());
  TRY(const bool found, row.step());
  if (!found) return std::optional<ClientAccount>();
  TRY(ClientAccount account, read_client(row));
  return std::optional(std::move(account));
}

Result<std::uint64_t> drop_tokens_of(Connection& db, const ClientId& id) {
  TRY_VOID(db.run("DELETE FROM token WHERE client = ?", id.str()));
  return static_cast<std::uint64_t>(db.changes());
}

}  // namespace

Result<void> SqliteCatalogue::add_client(const ClientAccount& account, const Deed& deed) {
  return database_->write([&](Connection& db) -> Result<void> {
    TRY_VOID(db.run("INSERT INTO client (id, name, secret_hashes, grants, disabled, created) VALUES (?, ?, ?, ?, ?, ?)",
                    account.id.str(), account.name, encode_texts(account.secret_hashes), encode_grants(account.grants),
                    account.disabled, account.created));
    return append_audit(db, deed);
  });
}

Result<void> SqliteCatalogue::change_client(const ClientAccount& before, const ClientAccount& after, const Deed& deed) {
  CHECK(before.id == after.id);
  return database_->write([&](Connection& db) -> Result<void> {
    TRY(const auto stored, find_account(db, before.id));
    if (stored != before) {
      return temporary("the client changed since it was read", before.id.str(), Reason::conflict);
    }
    TRY_VOID(db.run("UPDATE client SET name = ?, secret_hashes = ?, grants = ?, disabled = ? WHERE id = ?", after.name,
                    encode_texts(after.secret_hashes), encode_grants(after.grants), after.disabled, after.id.str()));
    if (after.disabled) TRY_VOID(drop_tokens_of(db, after.id));
    return append_audit(db, deed);
  });
}

Result<std::uint64_t> SqliteCatalogue::revoke_tokens(const ClientId& id, const Deed& deed) {
  return database_->write([&](Connection& db) -> Result<std::uint64_t> {
    TRY(const std::uint64_t dropped, drop_tokens_of(db, id));
    TRY_VOID(append_audit(db, deed));
    return dropped;
  });
}

Result<std::vector<ClientAccount>> SqliteCatalogue::list_clients() {
  return database_->read([](Connection& db) -> Result<std::vector<ClientAccount>> {
    Statement row = db.query("SELECT id, name, secret_hashes, grants, disabled, created FROM client ORDER BY id");
    std::vector<ClientAccount> clients;
    while (true) {
      TRY(const bool more, row.step());
      if (!more) return clients;
      TRY(ClientAccount account, read_client(row));
      clients.push_back(std::move(account));
    }
  });
}

Result<std::optional<ClientAccount>> SqliteCatalogue::find_client(const ClientId& id) {
  return database_->read([&](Connection& db) { return find_account(db, id); });
}

Result<void> SqliteCatalogue::add_token(const AccessToken& token) {
  const auto digest = parse_hex(token.sha256);
  if (!digest || digest->size() != 32) return broken("a token is kept as its SHA-256 only");
  return database_->write([&](Connection& db) {
    return db.run("INSERT INTO token (sha256, client, scopes, expires) VALUES (?, ?, ?, ?)", token.sha256,
                  token.client.str(), encode_texts(token.scopes), token.expires);
  });
}

Result<std::optional<AccessToken>> SqliteCatalogue::find_token(const std::string& sha256) {
  return database_->read([&](Connection& db) -> Result<std::optional<AccessToken>> {
    Statement row = db.query("SELECT client, scopes, expires FROM token WHERE sha256 = ?", sha256);
    TRY(const bool found, row.step());
    if (!found) return std::optional<AccessToken>();
    const auto client = ClientId::parse(row.text(0));
    if (!client) return bad_row("token", "client");
    TRY(auto scopes, decode_texts(row.text(1)));
    return std::optional(AccessToken{sha256, *client, std::move(scopes), row.instant(2)});
  });
}

Result<std::uint64_t> SqliteCatalogue::drop_expired_tokens(Instant instant) {
  return database_->write([&](Connection& db) -> Result<std::uint64_t> {
    TRY_VOID(db.run("DELETE FROM token WHERE expires < ?", instant));
    return static_cast<std::uint64_t>(db.changes());
  });
}

}  // namespace strongroom::sqlite

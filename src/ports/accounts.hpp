// Accounts: the clients of the API, their secrets, grants and tokens (http-api.md 3).
//
// Secrets and tokens are never kept: the store holds salted hashes of secrets, made by its callers, and SHA-256 of
// tokens. All calls may come from any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "domain/audit.hpp"
#include "domain/identifiers.hpp"

namespace strongroom {

/// A scope, perhaps limited to spaces.
struct Grant {
  std::string scope;
  std::optional<std::vector<std::string>> spaces;  ///< any space when absent
  friend bool operator==(const Grant&, const Grant&) = default;
};

struct ClientAccount {
  ClientId id;
  std::string name;
  std::vector<std::string> secret_hashes;  ///< one, or two during a rotation
  std::vector<Grant> grants;
  bool disabled = false;
  Instant created;
  friend bool operator==(const ClientAccount&, const ClientAccount&) = default;
};

struct AccessToken {
  std::string sha256;  ///< hex digest of the token
  ClientId client;
  std::vector<std::string> scopes;
  Instant expires;
};

class Accounts {
 public:
  virtual ~Accounts() = default;
  /// Reason::already_exists when the id is taken. The deed is recorded in the same transaction, here and below.
  virtual Result<void> add_client(const ClientAccount& account, const Deed& deed) = 0;
  /// `after` takes the place of `before`, which has the same id. Reason::conflict when the account is not `before` any
  /// more. All tokens of a client that becomes disabled are gone.
  virtual Result<void> change_client(const ClientAccount& before, const ClientAccount& after, const Deed& deed) = 0;
  /// Every token of the client is gone at once; the number of them.
  virtual Result<std::uint64_t> revoke_tokens(const ClientId& id, const Deed& deed) = 0;
  /// All of them, by id.
  virtual Result<std::vector<ClientAccount>> list_clients() = 0;
  virtual Result<std::optional<ClientAccount>> find_client(const ClientId& id) = 0;
  virtual Result<void> add_token(const AccessToken& token) = 0;
  virtual Result<std::optional<AccessToken>> find_token(const std::string& sha256) = 0;
  /// Removes tokens that expired before `instant`; the number removed.
  virtual Result<std::uint64_t> drop_expired_tokens(Instant instant) = 0;
};

}  // namespace strongroom

// Who asks, and what they may do (http-api.md 3.2, 3.3).
//
// Tokens and grants are looked up on every request, so a withdrawn grant acts at once. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ports/accounts.hpp"
#include "ports/http.hpp"

namespace strongroom::api {

/// A client with a valid token.
class Caller {
 public:
  Caller(ClientId client, std::vector<std::string> token_scopes, std::vector<Grant> grants)
      : client_(std::move(client)), token_scopes_(std::move(token_scopes)), grants_(std::move(grants)) {}

  [[nodiscard]] const ClientId& client() const { return client_; }
  /// The token was given this scope and the client still has it.
  [[nodiscard]] bool has_scope(std::string_view scope) const;
  /// A grant of this scope is not limited, or names the space.
  [[nodiscard]] bool may_use(std::string_view scope, std::string_view space) const;
  /// The spaces that the grants of this scope name; any space when absent.
  [[nodiscard]] std::optional<std::vector<std::string>> spaces_of(std::string_view scope) const;

 private:
  ClientId client_;
  std::vector<std::string> token_scopes_;
  std::vector<Grant> grants_;
};

/// A 401: its description and its `WWW-Authenticate`.
struct NotAuthenticated {
  std::string description;
  std::string challenge;
};

[[nodiscard]] Result<std::variant<Caller, NotAuthenticated>> authenticate(Accounts& accounts, Instant now,
                                                                          const HttpHeaders& headers);

/// The credentials after a scheme, compared without regard to case; nothing for another scheme or form.
[[nodiscard]] std::optional<std::string_view> credentials_of(std::string_view authorization, std::string_view scheme);

/// What the accounts keep of a token.
[[nodiscard]] std::string token_digest(std::string_view token);

}  // namespace strongroom::api

#include "api/auth.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace strongroom::api {
namespace {

constexpr std::string_view kChallenge = R"(Bearer realm="strongroom")";

NotAuthenticated invalid_token(std::string description) {
  return {std::move(description), std::string(kChallenge) + R"(, error="invalid_token")"};
}

/// The token of the one Authorization header; nothing when there is none of scheme Bearer.
std::optional<std::string_view> bearer_token(const HttpHeaders& headers) {
  const auto authorization = find_header(headers, "Authorization");
  return authorization ? credentials_of(*authorization, "bearer") : std::nullopt;
}

}  // namespace

bool Caller::has_scope(std::string_view scope) const {
  return std::find(token_scopes_.begin(), token_scopes_.end(), scope) != token_scopes_.end() &&
         std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) { return grant.scope == scope; });
}

bool Caller::may_use(std::string_view scope, std::string_view space) const {
  return std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) {
    return grant.scope == scope &&
           (!grant.spaces || std::find(grant.spaces->begin(), grant.spaces->end(), space) != grant.spaces->end());
  });
}

std::optional<std::vector<std::string>> Caller::spaces_of(std::string_view scope) const {
  std::vector<std::string> spaces;
  for (const Grant& grant : grants_) {
    if (grant.scope != scope) continue;
    if (!grant.spaces) return std::nullopt;
    spaces.insert(spaces.end(), grant.spaces->begin(), grant.spaces->end());
  }
  return spaces;
}

Result<std::variant<Caller, NotAuthenticated>> authenticate(Accounts& accounts, Instant now,
                                                            const HttpHeaders& headers) {
  using Answer = std::variant<Caller, NotAuthenticated>;
  const auto token = bearer_token(headers);
  if (!token) return Answer(NotAuthenticated{"Missing access token", std::string(kChallenge)});
  // Two headers are two readings of who asks: neither is believed.
  if (count_headers(headers, "Authorization") != 1) return Answer(invalid_token("The access token is not valid"));
  TRY(const std::optional<AccessToken> known, accounts.find_token(token_digest(*token)));
  if (!known) return Answer(invalid_token("The access token is not valid"));
  if (known->expires <= now) return Answer(invalid_token("The access token has expired"));
  TRY(std::optional<ClientAccount> client, accounts.find_client(known->client));
  if (!client || client->disabled) return Answer(invalid_token("The access token is not valid"));
  return Answer(Caller(client->id, known->scopes, std::move(client->grants)));
}

std::optional<std::string_view> credentials_of(std::string_view authorization, std::string_view scheme) {
  const auto space = authorization.find(' ');
  if (space == std::string_view::npos || to_lower_ascii(authorization.substr(0, space)) != scheme) return std::nullopt;
  std::string_view credentials = authorization.substr(space);
  while (credentials.starts_with(' ')) credentials.remove_prefix(1);
  while (credentials.ends_with(' ')) credentials.remove_suffix(1);
  if (credentials.empty()) return std::nullopt;
  return credentials;
}

std::string token_digest(std::string_view token) { return digest_of(Algorithm::sha256, token).hex(); }

}  // namespace strongroom::api

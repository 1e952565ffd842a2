// The token endpoint (http-api.md 3.1, RFC 6749 4.4): client credentials in, an opaque token out.
#include <algorithm>

#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/secrets.hpp"
#include "base/hex.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"

namespace strongroom::api {
namespace {

constexpr std::size_t kTokenBytes = 32;
/// Every failed authentication costs this many hashes for each spelling of the secret, whatever the client: it may have
/// two secrets, and an unknown one must cost as much as a known one.
constexpr std::size_t kSecretsMax = 2;

/// What a request says about who it is. Each text as sent; `decoded` where it can mean another one.
struct Credentials {
  std::string client;
  std::vector<std::string> secrets;  ///< spellings to try, in order
};

/// An answer of RFC 6749 5.2 that ends the request.
struct OAuthError {
  int status;
  std::string_view error;
  std::string description;
};

HttpResponse without_cache(HttpResponse response) {
  set_header(response, "Cache-Control", "no-store");
  set_header(response, "Pragma", "no-cache");
  return response;
}

HttpResponse oauth_response(const Call& call, const OAuthError& error) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("@context", call.service.context_url).member("type", "Error");
  writer.member("error", error.error).member("error_description", error.description);
  writer.member("requestId", call.request_id.str()).end_object();
  HttpResponse response = json_response(error.status, std::move(text));
  if (error.status == 401) response.headers.emplace_back("WWW-Authenticate", R"(Basic realm="strongroom")");
  return without_cache(std::move(response));
}

OAuthError invalid_request(std::string description) { return {400, "invalid_request", std::move(description)}; }
OAuthError invalid_client() { return {401, "invalid_client", "Client authentication failed"}; }

bool is_form(const Call& call) {
  const auto type = find_header(call.head.headers, "Content-Type").value_or("");
  std::string name = to_lower_ascii(type.substr(0, type.find(';')));
  while (name.ends_with(' ')) name.pop_back();
  return name == "application/x-www-form-urlencoded";
}

/// A parameter without a value counts as left out (RFC 6749 3.2).
std::optional<std::string> form_value(const Query& form, std::string_view name) {
  const auto value = form.find(name);
  return value && !value->empty() ? std::optional(std::string(*value)) : std::nullopt;
}

/// As sent, then form-decoded (RFC 6749 2.3.1): clients do either.
std::vector<std::string> spellings(const std::string& text) {
  std::vector<std::string> all = {text};
  if (auto decoded = percent_decode(text, true); decoded && *decoded != text) all.push_back(std::move(*decoded));
  return all;
}

/// Nothing when they are not well-formed.
std::optional<Credentials> basic_credentials(std::string_view encoded) {
  const auto pair = parse_base64(encoded);
  const auto colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  std::string client = pair->substr(0, colon);
  // An id has none of the characters that form encoding changes: another spelling can only be meant encoded.
  if (!ClientId::parse(client)) client = percent_decode(client, true).value_or(client);
  return Credentials{std::move(client), spellings(pair->substr(colon + 1))};
}

std::variant<Credentials, OAuthError> read_credentials(const Call& call, const Query& form) {
  const auto authorization = find_header(call.head.headers, "Authorization");
  const auto basic = authorization ? credentials_of(*authorization, "basic") : std::nullopt;
  const auto id = form_value(form, "client_id");
  const auto secret = form_value(form, "client_secret");
  if (basic && secret)
    return invalid_request("Client credentials must be given by HTTP Basic or in the form, not both");
  if (basic) {
    auto credentials = basic_credentials(*basic);
    if (!credentials) return invalid_client();
    // The id alone is no second credential, as long as it names the same client.
    if (id && *id != credentials->client) return invalid_request("client_id does not name the client of HTTP Basic");
    return std::move(*credentials);
  }
  if (!id || !secret) return invalid_client();
  return Credentials{*id, {*secret}};
}

/// The client, when a secret is right and it is not disabled. The cost of a failure does not depend on the reason.
Result<std::optional<ClientAccount>> authenticate_client(Accounts& accounts, const Credentials& credentials) {
  std::optional<ClientAccount> account;
  if (const auto id = ClientId::parse(credentials.client)) {
    TRY(account, accounts.find_client(*id));
  }
  bool right = false;
  for (const std::string& secret : credentials.secrets) {
    const std::size_t kept = account ? account->secret_hashes.size() : 0;
    for (std::size_t i = 0; i < std::max(kSecretsMax, kept) && !right; ++i) {
      right = i < kept ? verify_secret(secret, account->secret_hashes[i]) : verify_nothing(secret);
    }
  }
  if (!right || account->disabled) return std::optional<ClientAccount>();
  return account;
}

std::vector<std::string> granted_scopes(const ClientAccount& account) {
  std::vector<std::string> scopes;
  for (const Grant& grant : account.grants) {
    if (std::find(scopes.begin(), scopes.end(), grant.scope) == scopes.end()) scopes.push_back(grant.scope);
  }
  return scopes;
}

/// Nothing when a scope is unknown or not granted.
std::optional<std::vector<std::string>> chosen_scopes(const ClientAccount& account,
                                                      const std::optional<std::string>& wanted) {
  const std::vector<std::string> granted = granted_scopes(account);
  if (!wanted) return granted;
  std::vector<std::string> chosen;
  for (std::string_view scope : split(*wanted, ' ')) {
    if (scope.empty()) continue;
    if (std::find(granted.begin(), granted.end(), scope) == granted.end()) return std::nullopt;
    if (std::find(chosen.begin(), chosen.end(), scope) == chosen.end()) chosen.emplace_back(scope);
  }
  return chosen;
}

HttpResponse give_token(Call& call, const ClientAccount& account, const std::vector<std::string>& scopes) {
  const Service& service = call.service;
  const std::string token = random_token(service.needs.entropy, kTokenBytes);
  const Instant expires = service.needs.clock.now() + service.config.token_life;
  const auto added = service.needs.accounts.add_token({token_digest(token), account.id, scopes, expires});
  if (!added) return without_cache(call.fault(added.error()));
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("@context", service.context_url).member("type", "AccessToken");
  writer.member("access_token", token).member("token_type", "Bearer");
  writer.member("expires_in", static_cast<std::int64_t>(service.config.token_life.count()));
  writer.member("scope", join(scopes, " ")).end_object();
  return without_cache(json_response(200, std::move(text)));
}

/// The form, when it is one that can be read; else what is wrong with the request.
std::variant<Query, OAuthError> read_form(const Call& call, const std::string& body) {
  if (!is_form(call)) return invalid_request("The Content-Type must be application/x-www-form-urlencoded");
  if (const std::string faults = call.query.faults({}, false); !faults.empty()) return invalid_request(faults);
  auto form = Query::parse_form(body);
  if (!form) return invalid_request("The form is not well-formed");
  if (const auto name = form->repeated()) {
    return invalid_request("The parameter " + one_line(*name) + " is given more than once");
  }
  if (!form_value(*form, "grant_type")) return invalid_request("The parameter grant_type is missing");
  return std::move(*form);
}

}  // namespace

HttpResponse issue_token(Call& call, const std::string& body) {
  const auto form_or_error = read_form(call, body);
  if (const auto* error = std::get_if<OAuthError>(&form_or_error)) return oauth_response(call, *error);
  const Query& form = std::get<Query>(form_or_error);
  const auto credentials_or_error = read_credentials(call, form);
  if (const auto* error = std::get_if<OAuthError>(&credentials_or_error)) return oauth_response(call, *error);
  const auto& credentials = std::get<Credentials>(credentials_or_error);

  Service& service = call.service;
  const std::string& address = call.head.remote;
  if (const auto wait = service.throttle.wait_for(credentials.client, address, service.needs.clock.since_boot())) {
    HttpResponse response = call.fail(429, "Too many failed authentications of this client from this address");
    response.headers.emplace_back("Retry-After", std::to_string(*wait));
    return without_cache(std::move(response));
  }
  const auto account = authenticate_client(service.needs.accounts, credentials);
  if (!account) return without_cache(call.fault(account.error()));
  if (!*account) {
    service.needs.metrics.count(metric::kAuthenticationFailures, {});
    service.throttle.count_failure(credentials.client, address, service.needs.clock.since_boot());
    return oauth_response(call, invalid_client());
  }
  if (form_value(form, "grant_type") != "client_credentials") {
    return oauth_response(call, {400, "unsupported_grant_type", "Only client_credentials is supported"});
  }
  const auto scopes = chosen_scopes(**account, form_value(form, "scope"));
  if (!scopes) {
    return oauth_response(call, {400, "invalid_scope", "A scope is unknown or not granted to this client"});
  }
  return give_token(call, **account, *scopes);
}

}  // namespace strongroom::api

#include "cli/client_view.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cli/readable.hpp"

namespace strongroom::cli {
namespace {

std::vector<Grant>::iterator find_grant(std::vector<Grant>& grants, const std::string& scope) {
  return std::ranges::find(grants, scope, &Grant::scope);
}

std::string line(const Paint& paint, std::string name, const std::string& value) {
  constexpr std::size_t kColumn = 15;
  name += ":";
  name.resize(kColumn, ' ');
  return paint.bold(name) + value + "\n";
}

/// On two lines when every scope is for the same spaces, as most are.
std::string scopes_and_spaces(const std::vector<Grant>& grants, const Paint& paint) {
  const auto differs = [&](const Grant& grant) { return grant.spaces != grants.front().spaces; };
  if (grants.empty() || std::ranges::any_of(grants, differs)) return line(paint, "scopes", grants_text(grants));
  std::vector<std::string> scopes;
  for (const Grant& grant : grants) scopes.push_back(grant.scope);
  const std::optional<std::vector<std::string>>& spaces = grants.front().spaces;
  return line(paint, "scopes", join(scopes, " ")) +
         line(paint, "spaces", spaces ? one_line(join(*spaces, ", ")) : "any");
}

}  // namespace

const std::vector<std::string>& all_scopes() {
  static const std::vector<std::string> kScopes = {"ingests:write", "ingests:read",   "bags:read",       "bags:content",
                                                   "events:read",   "transfers:read", "transfers:write", "operator"};
  return kScopes;
}

std::string client_json(const ClientAccount& account, const std::string& secret) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("client_id", account.id.str());
  if (!secret.empty()) json.member("client_secret", secret);
  json.member("name", account.name)
      .member("created", format_instant(account.created))
      .member("disabled", account.disabled)
      .member("secrets", std::uint64_t{account.secret_hashes.size()});
  json.key("grants").begin_array();
  for (const Grant& grant : account.grants) {
    json.begin_object().member("scope", grant.scope);
    if (grant.spaces) {
      json.key("spaces").begin_array();
      for (const std::string& space : *grant.spaces) json.text(space);
      json.end_array();
    }
    json.end_object();
  }
  json.end_array().end_object();
  return text;
}

std::string grants_text(const std::vector<Grant>& grants) {
  std::vector<std::string> texts;
  for (const Grant& grant : grants) {
    texts.push_back(grant.scope + (grant.spaces ? " (" + one_line(join(*grant.spaces, ", ")) + ")" : ""));
  }
  return texts.empty() ? "nothing" : join(texts, " ");
}

std::string client_text(const ClientAccount& account, const Paint& paint, const std::string& secret) {
  std::string out = line(paint, "client_id", account.id.str());
  if (!secret.empty()) out += line(paint, "client_secret", secret);
  out += line(paint, "name", one_line(account.name)) + scopes_and_spaces(account.grants, paint) +
         line(paint, "created", readable_instant(format_instant(account.created)));
  if (account.disabled) out += line(paint, "disabled", paint.red("yes"));
  if (account.secret_hashes.size() > 1) out += line(paint, "secrets", "two: a rotation is under way");
  if (!secret.empty()) out += "The secret is not kept and cannot be shown again.\n";
  return out;
}

std::vector<Grant> with_grants(std::vector<Grant> grants, const std::vector<std::string>& scopes,
                               const std::vector<std::string>& spaces) {
  for (const std::string& scope : scopes) {
    auto grant = find_grant(grants, scope);
    const bool is_new = grant == grants.end();
    if (is_new) grant = grants.insert(grants.end(), Grant{scope, std::vector<std::string>()});
    if (spaces.empty()) grant->spaces.reset();
    if (!grant->spaces) continue;
    for (const std::string& space : spaces) {
      if (std::ranges::find(*grant->spaces, space) == grant->spaces->end()) grant->spaces->push_back(space);
    }
  }
  return grants;
}

Result<std::vector<Grant>> without_grants(std::vector<Grant> grants, const std::vector<std::string>& scopes,
                                          const std::vector<std::string>& spaces) {
  for (const std::string& scope : scopes) {
    const auto grant = find_grant(grants, scope);
    if (grant == grants.end()) return rejected("the client does not have the scope " + scope);
    if (!spaces.empty() && !grant->spaces) {
      return rejected(scope + " is granted for any space: revoke it, then grant it for those that shall stay");
    }
    for (const std::string& space : spaces) std::erase(*grant->spaces, space);
    if (spaces.empty() || grant->spaces->empty()) grants.erase(grant);
  }
  return grants;
}

Result<void> check_spaces(const std::vector<std::string>& spaces) {
  for (const std::string& space : spaces) {
    const Result<Space> parsed = Space::parse(space);
    if (!parsed) return rejected("--space " + one_line(space) + ": " + parsed.error().what);
  }
  return ok();
}

}  // namespace strongroom::cli

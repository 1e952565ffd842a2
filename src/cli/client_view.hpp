// Clients of the API as the command line shows and changes them.
//
// Pure functions; any thread. Secrets and their hashes never appear here but for one that was just made.
#pragma once

#include <string>
#include <vector>

#include "base/json_text.hpp"
#include "cli/paint.hpp"
#include "ports/accounts.hpp"

namespace strongroom::cli {

/// Every scope there is (http-api.md 3.3).
[[nodiscard]] const std::vector<std::string>& all_scopes();

/// The client as JSON; with `secret`, its new one.
[[nodiscard]] std::string client_json(const ClientAccount& account, const std::string& secret = {});
/// The client for people, a line for each thing.
[[nodiscard]] std::string client_text(const ClientAccount& account, const Paint& paint, const std::string& secret = {});
/// `ingests:write ingests:read (maps, charts)`
[[nodiscard]] std::string grants_text(const std::vector<Grant>& grants);

/// The grants with `scopes` added for these spaces, or for any when there are none.
[[nodiscard]] std::vector<Grant> with_grants(std::vector<Grant> grants, const std::vector<std::string>& scopes,
                                             const std::vector<std::string>& spaces);
/// The grants with `scopes` taken away: altogether, or in these spaces. Rejected when a scope is not granted, or is
/// granted for any space and only some shall go.
[[nodiscard]] Result<std::vector<Grant>> without_grants(std::vector<Grant> grants,
                                                        const std::vector<std::string>& scopes,
                                                        const std::vector<std::string>& spaces);
/// Rejected for the first one that cannot be a space.
[[nodiscard]] Result<void> check_spaces(const std::vector<std::string>& spaces);

}  // namespace strongroom::cli

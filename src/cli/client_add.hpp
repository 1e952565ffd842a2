// `strongroom client add`: registers a client of the API and shows its secret, once.
//
// Works on the catalogue of a data directory, whether or not a service runs beside it.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace strongroom::cli {

struct ClientAddOptions {
  std::string data;
  std::string name;
  std::vector<std::string> scopes;  ///< ingests:write, ingests:read and bags:read when empty
  std::vector<std::string> spaces;  ///< any when empty
  bool all_scopes = false;
  bool json = false;
};

/// Every scope there is (http-api.md 3.3).
[[nodiscard]] const std::vector<std::string>& all_scopes();

Exit client_add(const ClientAddOptions& options, const Surroundings& surroundings);

}  // namespace strongroom::cli

// `strongroom ingest`: uploads a bag to a running service, asks for it to be stored, and follows what happens.
//
// Speaks to the service by its public API only.
#pragma once

#include <optional>
#include <string>

#include "cli/command.hpp"

namespace strongroom::cli {

struct IngestOptions {
  std::string bag;  ///< a packed bag or a bag's directory
  std::string space;
  std::optional<std::string> id;  ///< of the bag; read from its bag-info.txt when absent
  bool update = false;
  bool wait = false;
  bool json = false;
  std::string area = "uploads";
  // From the environment when absent: STRONGROOM_URL, STRONGROOM_CLIENT_ID, STRONGROOM_CLIENT_SECRET. Authorities
  // to trust beside the system's come from STRONGROOM_CA_FILE.
  std::optional<std::string> url;
  std::optional<std::string> client_id;
  std::optional<std::string> client_secret;
};

inline constexpr const char* kDefaultUrl = "http://127.0.0.1:8080/storage/v1";

Exit ingest(const IngestOptions& options, const Surroundings& surroundings);

}  // namespace strongroom::cli

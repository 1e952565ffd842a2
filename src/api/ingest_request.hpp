// Judging the body of `POST /ingests` (http-api.md 4.1): two stages, each telling all it finds, in a fixed order.
//
// Pure functions of the body and the configuration.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.hpp"
#include "domain/ingest.hpp"

namespace strongroom::api {

/// Members as they were sent, types checked (stage one).
struct DecodedRequest {
  std::string provider;
  std::string bucket;
  std::string path;
  std::optional<std::string> callback_url;
  std::string ingest_type;
  std::string space;
  std::string external_identifier;
  std::optional<std::string> bag_id;
  std::optional<std::string> bag_version;
};

/// Empty or malformed bodies and stage one. The error's `what` is the description of the 400.
[[nodiscard]] Result<DecodedRequest> decode_request(std::string_view body, const ApiConfig& config);

/// Stage two. The error's `what` is the description of the 400.
[[nodiscard]] Result<IngestRequest> judge_request(const DecodedRequest& decoded, const ApiConfig& config,
                                                  const ClientId& client);

}  // namespace strongroom::api

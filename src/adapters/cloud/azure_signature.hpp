// Signatures of requests to Azure Storage with the account's key.
// Source: "Authorize with Shared Key" of the Azure Storage REST reference. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ports/http.hpp"

namespace strongroom::cloud {

/// A request before it is signed.
struct AzureRequest {
  std::string method;
  std::string path;                                        ///< encoded as it goes over the wire
  std::vector<std::pair<std::string, std::string>> query;  ///< not encoded
  HttpHeaders headers;                                     ///< with x-ms-date and x-ms-version
  std::uint64_t content_length = 0;
};

/// The Authorization header's value; `key` is the account's, decoded.
[[nodiscard]] std::string shared_key(const AzureRequest& request, const std::string& account, const std::string& key);

}  // namespace strongroom::cloud

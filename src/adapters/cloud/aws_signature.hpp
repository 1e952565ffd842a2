// Signatures of requests to AWS and to what speaks its protocols: Signature Version 4, in headers and in URLs.
// Source: "Authenticating Requests (AWS Signature Version 4)" of the S3 API reference. Pure; any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "ports/http.hpp"

namespace strongroom::cloud {

struct AwsKeys {
  std::string access_key;
  std::string secret_key;
  std::string session_token;  ///< of temporary keys; empty for others
  friend bool operator==(const AwsKeys&, const AwsKeys&) = default;
};

/// What a signature is good for.
struct AwsScope {
  std::string region;
  std::string service;  ///< `s3`, `sts`, `sns`, `sqs`, `dynamodb`
};

using QueryMembers = std::vector<std::pair<std::string, std::string>>;

/// A request before it is signed.
struct AwsRequest {
  std::string method;
  std::string host;     ///< as the Host header has it
  std::string path;     ///< encoded as it goes over the wire, beginning with a slash
  QueryMembers query;   ///< not encoded, in any order
  HttpHeaders headers;  ///< all that are to be sent but Host; every one of them is signed
  std::string sha256;   ///< hex, of the body
};

/// SHA-256 of nothing.
[[nodiscard]] const std::string& empty_sha256();

/// Encoded and sorted as signatures want it, and as it is to be sent.
[[nodiscard]] std::string canonical_query(const QueryMembers& query);

/// All headers to send: those of the request, and with them the date, the keys' session and the signature; for S3 the
/// body's digest, too.
[[nodiscard]] HttpHeaders sign(const AwsRequest& request, const AwsKeys& keys, const AwsScope& scope, Instant now);

/// The query of a URL that anybody may use for `valid` from now on, up to seven days; the body is not signed.
[[nodiscard]] std::string presign(const AwsRequest& request, const AwsKeys& keys, const AwsScope& scope, Instant now,
                                  std::chrono::seconds valid);

}  // namespace strongroom::cloud

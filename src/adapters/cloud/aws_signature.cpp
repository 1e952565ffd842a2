#include "adapters/cloud/aws_signature.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/hmac.hpp"
#include "base/text.hpp"

namespace strongroom::cloud {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr const char* kUnsignedPayload = "UNSIGNED-PAYLOAD";

/// `20260131T235959Z`
std::string compact_instant(Instant now) {
  std::string text;
  for (const char c : format_instant(now).substr(0, 19)) {
    if (c != '-' && c != ':') text.push_back(c);
  }
  return text + "Z";
}

std::string scope_text(std::string_view date, const AwsScope& scope) {
  return std::string(date) + "/" + scope.region + "/" + scope.service + "/aws4_request";
}

/// Blanks at the ends go, and those within a value count as one.
std::string canonical_value(std::string_view value) {
  std::string text;
  for (const char c : trim_blanks(value)) {
    if (c != ' ' || !text.ends_with(' ')) text.push_back(c);
  }
  return text;
}

struct CanonicalHeaders {
  std::string lines;
  std::string names;
};

CanonicalHeaders canonical_headers(const AwsRequest& request, const HttpHeaders& headers) {
  std::vector<std::pair<std::string, std::string>> sorted = {{"host", canonical_value(request.host)}};
  for (const auto& [name, value] : headers) sorted.emplace_back(to_lower_ascii(name), canonical_value(value));
  std::sort(sorted.begin(), sorted.end());
  CanonicalHeaders canonical;
  for (const auto& [name, value] : sorted) {
    canonical.lines += name + ":" + value + "\n";
    canonical.names += (canonical.names.empty() ? "" : ";") + name;
  }
  return canonical;
}

std::string signature(const AwsRequest& request, const CanonicalHeaders& headers, const std::string& query,
                      const std::string& payload, const AwsKeys& keys, const AwsScope& scope,
                      const std::string& stamp) {
  const std::string canonical = request.method + "\n" + request.path + "\n" + query + "\n" + headers.lines + "\n" +
                                headers.names + "\n" + payload;
  const std::string date = stamp.substr(0, 8);
  const std::string to_sign = std::string(kAlgorithm) + "\n" + stamp + "\n" + scope_text(date, scope) + "\n" +
                              digest_of(Algorithm::sha256, canonical).hex();
  const std::string secret = "AWS4" + keys.secret_key;
  Digest key = hmac_sha256(as_bytes(secret), date);
  for (const std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")}) {
    key = hmac_sha256(key.bytes(), part);
  }
  return hmac_sha256(key.bytes(), to_sign).hex();
}

}  // namespace

const std::string& empty_sha256() {
  static const std::string kDigest = digest_of(Algorithm::sha256, "").hex();
  return kDigest;
}

std::string canonical_query(const QueryMembers& query) {
  std::vector<std::pair<std::string, std::string>> sorted;
  for (const auto& [name, value] : query) sorted.emplace_back(percent_encode(name, ""), percent_encode(value, ""));
  std::sort(sorted.begin(), sorted.end());
  std::string text;
  for (const auto& [name, value] : sorted) text += (text.empty() ? "" : "&") + name + "=" + value;
  return text;
}

HttpHeaders sign(const AwsRequest& request, const AwsKeys& keys, const AwsScope& scope, Instant now) {
  const std::string stamp = compact_instant(now);
  HttpHeaders headers = request.headers;
  headers.emplace_back("x-amz-date", stamp);
  if (scope.service == "s3") headers.emplace_back("x-amz-content-sha256", request.sha256);
  if (!keys.session_token.empty()) headers.emplace_back("x-amz-security-token", keys.session_token);
  const CanonicalHeaders canonical = canonical_headers(request, headers);
  const std::string proof =
      signature(request, canonical, canonical_query(request.query), request.sha256, keys, scope, stamp);
  headers.emplace_back("Authorization", std::string(kAlgorithm) + " Credential=" + keys.access_key + "/" +
                                            scope_text(stamp.substr(0, 8), scope) +
                                            ",SignedHeaders=" + canonical.names + ",Signature=" + proof);
  return headers;
}

std::string presign(const AwsRequest& request, const AwsKeys& keys, const AwsScope& scope, Instant now,
                    std::chrono::seconds valid) {
  const std::string stamp = compact_instant(now);
  const CanonicalHeaders canonical = canonical_headers(request, request.headers);
  QueryMembers query = request.query;
  query.emplace_back("X-Amz-Algorithm", kAlgorithm);
  query.emplace_back("X-Amz-Credential", keys.access_key + "/" + scope_text(stamp.substr(0, 8), scope));
  query.emplace_back("X-Amz-Date", stamp);
  query.emplace_back("X-Amz-Expires", std::to_string(valid.count()));
  if (!keys.session_token.empty()) query.emplace_back("X-Amz-Security-Token", keys.session_token);
  query.emplace_back("X-Amz-SignedHeaders", canonical.names);
  const std::string text = canonical_query(query);
  return text + "&X-Amz-Signature=" + signature(request, canonical, text, kUnsignedPayload, keys, scope, stamp);
}

}  // namespace strongroom::cloud

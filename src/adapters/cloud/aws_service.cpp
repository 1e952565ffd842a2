#include "adapters/cloud/aws_service.hpp"

#include <algorithm>
#include <array>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace strongroom::cloud {
namespace {

bool is_busy(const AwsAnswer& answer) {
  return answer.answer.status >= 500 || answer.answer.status == 429 ||
         answer.code.find("Throttl") != std::string::npos || answer.code == "ProvisionedThroughputExceededException" ||
         answer.code == "RequestLimitExceeded";
}

bool is_about_keys(const std::string& code) {
  static constexpr std::array<std::string_view, 5> kEnded = {"ExpiredToken", "ExpiredTokenException", "RequestExpired",
                                                             "TokenRefreshRequired", "UnrecognizedClientException"};
  for (const std::string_view one : kEnded) {
    if (code == one) return true;
  }
  return false;
}

bool is_about_time(const std::string& code) {
  return code == "RequestTimeTooSkewed" || code == "SignatureDoesNotMatch" || code == "InvalidSignatureException";
}

/// As far as clocks may differ.
constexpr Duration kSkewMax = std::chrono::minutes(4);

}  // namespace

std::string form_of(const QueryMembers& members) {
  std::string form;
  for (const auto& [name, value] : members) {
    form += (form.empty() ? "" : "&") + percent_encode(name, "") + "=" + percent_encode(value, "");
  }
  return form;
}

Result<WebRequest> AwsService::signed_request(const HttpHeaders& headers, const std::string& body,
                                              const AwsKeys& keys) const {
  const std::size_t host = address_.url.find("://") + 3;
  const std::size_t path = std::min(address_.url.find('/', host), address_.url.size());
  AwsRequest plain{"POST", address_.url.substr(host, path - host), address_.url.substr(path), {}, headers, ""};
  if (plain.path.empty()) plain.path = "/";
  plain.sha256 = digest_of(Algorithm::sha256, body).hex();
  WebRequest request{"POST", address_.url.substr(0, path) + plain.path, {}, body};
  const Instant now = needs_.clock.now() + Duration(skew_.load());
  request.headers = sign(plain, keys, {address_.region, address_.name}, now);
  return request;
}

bool AwsService::mend(const AwsAnswer& answer, const AwsKeys& used, bool& keys_changed, bool& clock_changed) {
  if (is_about_keys(answer.code) && !keys_changed) {
    needs_.keyring.distrust(used);
    return keys_changed = true;
  }
  if (!is_about_time(answer.code) || clock_changed) return false;
  const std::optional<Instant> theirs = parse_http_date(answer.answer.header("Date"));
  if (!theirs) return false;
  const Duration ahead = *theirs - needs_.clock.now();
  if (ahead > -kSkewMax && ahead < kSkewMax) return false;
  skew_ = ahead.count();
  return clock_changed = true;
}

Result<AwsAnswer> AwsService::post(const HttpHeaders& headers, const std::string& body) {
  Attempts attempts(needs_.patience, needs_.clock, needs_.entropy, needs_.stop);
  bool keys_changed = false;
  bool clock_changed = false;
  for (;;) {
    TRY(const AwsKeys keys, needs_.keyring.keys());
    TRY(const WebRequest request, signed_request(headers, body, keys));
    Result<WebAnswer> sent = needs_.web.exchange(request);
    if (!sent) {
      if (sent.error().reason != Reason::stopped && attempts.again()) continue;
      return std::move(sent).error();
    }
    AwsAnswer answer{std::move(*sent), ""};
    if (answer.answer.succeeded()) return answer;
    answer.code = code_of_(answer.answer);
    if (mend(answer, keys, keys_changed, clock_changed)) continue;
    if (is_busy(answer) && attempts.again()) continue;
    return answer;
  }
}

Error AwsService::error_of(const AwsAnswer& answer, const std::string& where) const {
  const int status = answer.answer.status;
  const std::string what =
      address_.label + " answered " + std::to_string(status) + (answer.code.empty() ? "" : " " + answer.code);
  if (is_busy(answer)) return temporary(what, where);
  if (status == 404 || answer.code.find("NotFound") != std::string::npos ||
      answer.code.find("NonExistent") != std::string::npos) {
    return temporary(what, where, Reason::not_found);
  }
  if (status == 401 || status == 403 || is_about_keys(answer.code) || is_about_time(answer.code) ||
      answer.code.find("AccessDenied") != std::string::npos) {
    return temporary(what, where, Reason::forbidden);
  }
  return broken(what, where);
}

}  // namespace strongroom::cloud

#include "adapters/webhook/webhook_poster.hpp"

#include <utility>

#include "adapters/cloud/retry_after.hpp"
#include "base/text.hpp"

namespace strongroom::webhook {
namespace {

using Kind = WebhookAnswer::Kind;

constexpr Duration kWholeCall = std::chrono::seconds(30);
constexpr std::size_t kBodyMax = 500;
/// A last segment of this length is a token rather than a word.
constexpr std::size_t kTokenMin = 8;

/// What of an address must not be told: all of it, its path with the query, and the token that usually ends the path.
std::vector<std::string> secrets_of(const std::string& url) {
  std::vector<std::string> secrets = {url};
  const std::size_t host = url.find("//");
  const std::size_t path = host == std::string::npos ? host : url.find_first_of("/?", host + 2);
  if (path == std::string::npos || url.size() - path < 2) return secrets;
  secrets.push_back(url.substr(path));
  const std::string bare = secrets.back().substr(0, secrets.back().find('?'));
  if (bare.size() > 1) secrets.push_back(bare);
  const std::string last = bare.substr(bare.rfind('/') + 1);
  if (last.size() >= kTokenMin) secrets.push_back(last);
  return secrets;
}

std::string shortened(const std::string& body, const std::string& url) {
  std::string shown = one_line(cloud::without_secrets(body.substr(0, 8 * kBodyMax), secrets_of(url)));
  if (shown.size() <= kBodyMax) return shown;
  std::size_t end = kBodyMax;
  while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xC0U) == 0x80U) --end;
  return shown.substr(0, end) + "...";
}

Kind kind_of(int status) {
  if (status >= 200 && status <= 299) return Kind::accepted;
  if (status >= 300 && status <= 399) return Kind::barred;
  switch (status) {
    case 400:
    case 413:
    case 422:
      return Kind::refused;
    case 401:
    case 403:
    case 404:
    case 405:
    case 410:
      return Kind::barred;
    default:
      return Kind::retry;
  }
}

}  // namespace

WebhookPoster::WebhookPoster(std::string setting, cloud::SecretPlace address, const cloud::Environment& environment,
                             WebClient& web, Clock& clock)
    : setting_(std::move(setting)), address_(setting_, std::move(address), environment), web_(web), clock_(clock) {}

WebhookAnswer WebhookPoster::post(const std::string& json, const HttpHeaders& more) {
  WebhookAnswer answer = attempt(json, more);
  if ((answer.status == 401 || answer.status == 403) && address_.may_change()) answer = attempt(json, more);
  return answer;
}

WebhookAnswer WebhookPoster::attempt(const std::string& json, const HttpHeaders& more) {
  const Result<std::string> url = address_.value();
  if (!url) return {.kind = Kind::barred, .message = url.error().what};
  if (!url->starts_with("https://") && !url->starts_with("http://")) {
    return {.kind = Kind::barred, .message = setting_ + " holds no address of the web"};
  }
  WebTrace trace;
  WebRequest request;
  request.method = "POST";
  request.url = *url;
  request.headers = {{"Content-Type", "application/json"}};
  request.headers.insert(request.headers.end(), more.begin(), more.end());
  request.body = json;
  request.is_once = true;
  request.timeout = kWholeCall;
  request.trace = &trace;
  const Result<WebAnswer> answer = web_.exchange(request);
  const std::string name = "the webhook " + setting_;
  if (!answer && answer.error().act == Act::broken && !trace.may_have_arrived) {
    return {.kind = Kind::barred, .message = name + " cannot be called: look at caFile, if it is set"};
  }
  if (!answer) {
    const std::string why = trace.is_untrusted ? " has no TLS connection that can be trusted: look at its certificate"
                            : trace.may_have_arrived ? " did not answer in time"
                                                     : " cannot be reached";
    return {.kind = Kind::retry, .message = name + why};
  }
  WebhookAnswer told{.kind = kind_of(answer->status), .status = answer->status, .body = shortened(answer->body, *url)};
  if (told.kind == Kind::accepted) return told;
  told.message = name + " answered " + std::to_string(answer->status) + (told.body.empty() ? "" : ": " + told.body);
  told.retry_after = cloud::retry_after(*answer, clock_.now());
  return told;
}

}  // namespace strongroom::webhook

#include "adapters/archivematica/service.hpp"

#include <algorithm>
#include <utility>

#include "adapters/cloud/retry_after.hpp"
#include "base/text.hpp"
#include "domain/json_members.hpp"

namespace strongroom::archivematica {
namespace {

constexpr Duration kWholeCall = std::chrono::seconds(60);
constexpr std::size_t kQuotedMax = 500;

std::string without_end_slashes(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

bool is_fit_for_url(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c != '\x7f' && c != '\\'; });
}

/// Where the host of a URL begins; nothing for other schemes.
std::optional<std::size_t> host_at(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (to_lower_ascii(url.substr(0, scheme.size())) == scheme) return scheme.size();
  }
  return std::nullopt;
}

/// Host and port, in lower case, without the port that goes without saying.
std::string authority_of(std::string_view url, std::size_t at) {
  std::string authority = to_lower_ascii(url.substr(at, url.find_first_of("/?#", at) - at));
  const std::string_view usual = url.substr(0, 5).ends_with(':') ? ":80" : ":443";
  if (authority.ends_with(usual)) authority.resize(authority.size() - usual.size());
  return authority;
}

/// Scheme, host and port; empty when it is no URL that can be called.
std::string origin_of(const std::string& url) {
  const auto at = host_at(url);
  if (!at || !is_fit_for_url(url) || authority_of(url, *at).empty()) return "";
  return url.substr(0, url.find_first_of("/?#", *at));
}

/// What people are told of a 403: the dashboard tells a wrong key and a host that it does not allow apart.
std::string why_forbidden(const std::string& body) {
  const auto members = JsonMembers::parse(body);
  const std::string message = to_lower_ascii(
      members ? members->text("message").has_value() ? *members->text("message") : std::string() : std::string());
  if (message.find("key") != std::string::npos) return "does not accept the user or the key (403)";
  if (message.find("host") != std::string::npos) {
    return "does not allow this machine to call it (403): look at its list of allowed addresses";
  }
  return "refuses access (403): look at the user, the key and its list of allowed addresses";
}

}  // namespace

Service::Service(ServiceNames names, ServiceSettings settings, const cloud::Environment& environment, Clock& clock)
    : names_(std::move(names)),
      base_(without_end_slashes(std::move(settings.url))),
      origin_(origin_of(base_)),
      user_(std::move(settings.user)),
      key_(names_.setting + ".apiKey", std::move(settings.key), environment),
      clock_(clock) {}

Exchanged Service::post(WebClient& web, const std::string& target, const std::string& body, const HttpHeaders& more) {
  WebRequest request;
  request.method = "POST";
  request.url = base_ + target;
  request.headers = {{"Content-Type", "application/json"}};
  request.headers.insert(request.headers.end(), more.begin(), more.end());
  request.body = body;
  request.is_once = true;
  return exchange(web, std::move(request));
}

Result<WebAnswer> Service::get(WebClient& web, const std::string& target) { return get_url(web, base_ + target); }

Result<WebAnswer> Service::get_url(WebClient& web, const std::string& url) {
  {
    const std::scoped_lock lock(mutex_);
    if (clock_.since_boot() < quiet_until_) return temporary(name() + " asked to be left alone for a while");
  }
  WebRequest request;
  request.method = "GET";
  request.url = url;
  Result<WebAnswer> answer = exchange(web, std::move(request)).answer;
  if (!answer || answer->succeeded()) return answer;
  if (const auto seconds = cloud::retry_after(*answer, clock_.now())) {
    const std::scoped_lock lock(mutex_);
    quiet_until_ = std::max(quiet_until_, clock_.since_boot() + std::chrono::seconds(*seconds));
  }
  return answer;
}

Exchanged Service::exchange(WebClient& web, WebRequest request) {
  const bool is_unset = base_.empty() || user_.empty() || !key_.is_named();
  if (is_unset) return {broken(name() + " is not configured: set url, user and key of " + names_.setting), false};
  if (origin_.empty()) return {broken("the address of " + name() + " is none: look at " + names_.setting), false};
  request.headers.emplace_back("Accept", "application/json");
  request.headers.emplace_back("Authorization", "");
  request.timeout = kWholeCall;
  Exchanged first = attempt(web, request);
  const int status = first.answer ? first.answer->status : 0;
  if ((status != 401 && status != 403) || !key_.may_change()) return first;
  return attempt(web, request);
}

Exchanged Service::attempt(WebClient& web, WebRequest& request) {
  const Result<std::string> key = key_.value();
  if (!key) return {key.error(), false};
  request.headers.back().second = "ApiKey " + user_ + ":" + *key;
  WebTrace trace;
  request.trace = &trace;
  Result<WebAnswer> answer = web.exchange(request);
  request.trace = nullptr;
  if (!answer) return {no_answer(answer.error(), trace), trace.may_have_arrived};
  return {std::move(answer), true};
}

Error Service::no_answer(const Error& error, const WebTrace& trace) const {
  if (trace.is_untrusted && error.act == Act::temporary) {
    return temporary("no TLS connection to " + name() + " that can be trusted: look at its certificate");
  }
  if (error.reason == Reason::stopped) return error;
  if (error.reason == Reason::limit) return temporary("the answer of " + name() + " is too long");
  if (error.act == Act::broken) return broken(name() + " cannot be called: look at caFile, if it is set");
  if (!trace.may_have_arrived) return temporary(name() + " cannot be reached");
  if (error.reason == Reason::truncated) return temporary("the connection to " + name() + " broke off");
  return temporary(name() + " did not answer in time");
}

Error Service::unexpected(const WebAnswer& answer) const {
  const std::string status = std::to_string(answer.status);
  switch (answer.status) {
    case 400:
      return broken(name() + " does not understand what it is asked (400): look at its address and version");
    case 401:
      return broken(name() + " does not accept the user or the key (401)", {}, Reason::forbidden);
    case 403:
      return broken(name() + " " + why_forbidden(answer.body), {}, Reason::forbidden);
    case 404:
      break;
    default:
      if (answer.status < 300 || answer.status > 399) return temporary(name() + " answered " + status);
  }
  return broken(name() + " is not at its address (" + status + ")", {}, Reason::not_found);
}

Error Service::not_understood() const { return temporary("an answer of " + name() + " cannot be understood"); }

Result<std::string> Service::follow(const std::string& link) const {
  const auto elsewhere = [this] {
    return broken("an answer of " + name() + " leads to another host or is no address: nothing was sent there");
  };
  if (!is_fit_for_url(link)) return elsewhere();
  if (link.starts_with('/') && !link.starts_with("//")) return origin_ + link;
  const std::string whole = link.starts_with("//") ? origin_.substr(0, origin_.find(':') + 1) + link : link;
  const auto at = host_at(whole);
  const auto own_at = host_at(origin_);
  if (!at || !own_at || authority_of(whole, *at) != authority_of(origin_, *own_at)) return elsewhere();
  const std::size_t path = whole.find('/', *at);
  if (path == std::string::npos) return elsewhere();
  return origin_ + whole.substr(path);
}

std::string Service::quoted(const std::string& text) const {
  const Result<std::string> key = key_.value();
  const std::size_t host = origin_.find("//");
  std::string shown = cloud::without_secrets(
      text, {key ? *key : std::string(), origin_, host == std::string::npos ? origin_ : origin_.substr(host + 2)});
  shown = one_line(shown);
  if (shown.size() <= kQuotedMax) return shown;
  std::size_t end = kQuotedMax;
  while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xC0U) == 0x80U) --end;
  return shown.substr(0, end) + "...";
}

}  // namespace strongroom::archivematica

#include "api/exchange.hpp"

#include <algorithm>
#include <exception>

#include "api/compression.hpp"
#include "api/http_errors.hpp"
#include "base/check.hpp"
#include "base/text.hpp"

namespace strongroom::api {
namespace {

/// `text/plain; charset=UTF-8` -> `text/plain`
std::string media_type_of(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.starts_with(' ') || type.starts_with('\t')) type.remove_prefix(1);
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return to_lower_ascii(type);
}

bool prefers_json_ld(const HttpHeaders& headers) {
  bool names_json_ld = false;
  for (const auto& [name, value] : headers) {
    if (to_lower_ascii(name) != "accept") continue;
    for (std::string_view range : split(value, ',')) {
      const std::string type = media_type_of(range);
      if (type == kJson) return false;
      names_json_ld = names_json_ld || type == kJsonLd;
    }
  }
  return names_json_ld;
}

Call make_call(Service& service, HttpRequestHead head) {
  RequestId request_id = request_id_of(head.headers, service.needs.entropy);
  return Call{service, std::move(head), std::move(request_id)};
}

}  // namespace

RequestId request_id_of(const HttpHeaders& headers, Entropy& entropy) {
  if (const auto sent = find_header(headers, "X-Request-Id")) {
    if (auto id = RequestId::parse(*sent)) return *id;
  }
  const auto made = RequestId::parse(random_uuid(entropy));
  CHECK(made.has_value());
  return *made;
}

std::string_view json_type_for(const HttpHeaders& request_headers) {
  return prefers_json_ld(request_headers) ? kJsonLd : kJson;
}

void add_common_headers(HttpResponse& response, const RequestId& request_id, const HttpHeaders& request_headers) {
  const auto type = find_header(response.headers, "Content-Type");
  if (type && *type == kJson) set_header(response, "Content-Type", std::string(json_type_for(request_headers)));
  set_header(response, "X-Request-Id", request_id.str());
  set_header(response, "X-Content-Type-Options", "nosniff");
}

Exchange::Exchange(Service& service, HttpRequestHead head) : call_(make_call(service, std::move(head))) {
  refusal_ = guarded([&] { return check_head(); });
}

std::optional<HttpResponse> Exchange::early() {
  if (!refusal_) return std::nullopt;
  taker_.reset();
  return dressed(*std::exchange(refusal_, std::nullopt));
}

void Exchange::body(ByteView bytes) {
  if (!refusal_) refusal_ = guarded([&] { return take(bytes); });
}

HttpResponse Exchange::finish() {
  if (!refusal_) refusal_ = guarded([&] { return std::optional(answer()); });
  return dressed(*std::exchange(refusal_, std::nullopt));
}

void Exchange::cancel() { taker_.reset(); }

template <class Work>
std::optional<HttpResponse> Exchange::guarded(const Work& work) {
  try {
    return work();
  } catch (const std::exception& failure) {
    return call_.fault(broken(std::string("an unexpected exception: ") + failure.what()));
  }
}

std::optional<HttpResponse> Exchange::check_head() {
  const ApiConfig& config = call_.service.config;
  if (call_.head.target.size() > config.uri_max) return call_.fail(414, uri_too_long_text(config.uri_max));
  const Target target = cut_target(call_.head.target);
  Found found = find_route(config.base_path, target.path);
  if (found.rows.empty()) return call_.fail(404, kUnknownRoute);
  call_.route = found.row_for(call_.head.method);
  if (call_.route == nullptr) {
    HttpResponse response = call_.fail(405, "HTTP method not allowed, supported methods: " + found.methods());
    response.headers.emplace_back("Allow", found.methods());
    return response;
  }
  call_.captures = std::move(found.captures);
  call_.bag_path = std::move(found.bag_path);
  call_.query = Query::parse(target.query);
  if (!call_.route->scope.empty()) {
    if (auto refusal = check_caller()) return refusal;
    if (auto refusal = check_space()) return refusal;
  }
  return check_body_head();
}

std::optional<HttpResponse> Exchange::check_caller() {
  auto who = authenticate(call_.service.needs.accounts, call_.service.needs.clock.now(), call_.head.headers);
  if (!who) return call_.fault(who.error());
  if (const auto* refused = std::get_if<NotAuthenticated>(&*who)) {
    call_.service.needs.metrics.count(metric::kAuthenticationFailures, {});
    HttpResponse response = call_.fail(401, refused->description);
    response.headers.emplace_back("WWW-Authenticate", refused->challenge);
    return response;
  }
  call_.caller = std::get<Caller>(std::move(*who));
  const std::string scope(call_.route->scope);
  if (call_.caller->has_scope(scope)) return std::nullopt;
  HttpResponse response = call_.deny("scope " + scope, "This client lacks the scope " + scope);
  response.headers.emplace_back("WWW-Authenticate",
                                R"(Bearer realm="strongroom", error="insufficient_scope", scope=")" + scope + "\"");
  return response;
}

std::optional<HttpResponse> Exchange::check_space() const {
  if (call_.bag_path && !call_.may_use(call_.bag_path->space)) return call_.forbidden_space(call_.bag_path->space);
  const auto& known = call_.route->query;
  if (std::find(known.begin(), known.end(), "space") == known.end()) return std::nullopt;
  for (const auto& [name, value] : call_.query.pairs()) {
    if (name == "space" && !value.empty() && !call_.may_use(value)) return call_.forbidden_space(value);
  }
  return std::nullopt;
}

std::optional<HttpResponse> Exchange::check_body_head() {
  if (const auto* stream = std::get_if<WithStream>(&call_.route->function)) {
    auto begun = (*stream)(call_);
    if (auto* response = std::get_if<HttpResponse>(&begun)) return std::move(*response);
    taker_ = std::get<std::unique_ptr<BodyTaker>>(std::move(begun));
    return std::nullopt;
  }
  const auto* with_body = std::get_if<WithBody>(&call_.route->function);
  if (with_body == nullptr) return std::nullopt;
  const bool without =
      call_.head.content_length.value_or(0) == 0 && !find_header(call_.head.headers, "Transfer-Encoding").has_value();
  if (with_body->json && !(with_body->optional && without)) {
    const auto type = find_header(call_.head.headers, "Content-Type");
    if (!type || media_type_of(*type) != kJson) {
      return call_.fail(415, "The request's Content-Type [" + std::string(type.value_or("none")) +
                                 "] is not supported. Expected:\n" + std::string(kJson));
    }
  }
  const std::uint64_t body_max = call_.service.config.body_max;
  if (call_.head.content_length && *call_.head.content_length > body_max) {
    return call_.fail(413, body_too_large_text(body_max));
  }
  return std::nullopt;
}

std::optional<HttpResponse> Exchange::take(ByteView bytes) {
  if (taker_) return taker_->take(bytes);
  if (call_.route == nullptr || !std::holds_alternative<WithBody>(call_.route->function)) return std::nullopt;
  const std::uint64_t body_max = call_.service.config.body_max;
  if (bytes.size() > body_max - collected_.size()) {
    collected_ = {};
    return call_.fail(413, body_too_large_text(body_max));
  }
  collected_.append(as_text(bytes));
  return std::nullopt;
}

HttpResponse Exchange::answer() {
  if (taker_) return taker_->finish();
  if (const auto* with_body = std::get_if<WithBody>(&call_.route->function)) {
    return with_body->answer(call_, collected_);
  }
  if (auto refusal = call_.query_refusal()) return std::move(*refusal);
  return std::get<WithoutBody>(call_.route->function)(call_);
}

HttpResponse Exchange::dressed(HttpResponse response) const {
  add_common_headers(response, call_.request_id, call_.head.headers);
  if (call_.caller && !find_header(response.headers, "Cache-Control")) {
    response.headers.emplace_back("Cache-Control", "private, no-cache");
  }
  count(response.status);
  // Stored bytes go out as they are, whatever their type.
  const std::string_view part = call_.bag_path ? std::string_view(call_.bag_path->resource) : std::string_view();
  if (part != "content" && part != "archive") compress(response, call_.head.headers);
  call_.service.needs.log.write(LogLevel::info, "http.request",
                                {{"requestId", call_.request_id.str()},
                                 {"method", call_.head.method},
                                 {"path", std::string(cut_target(call_.head.target).path)},
                                 {"status", std::to_string(response.status)},
                                 {"client", call_.caller ? call_.caller->client().str() : std::string()},
                                 {"remote", call_.head.remote}});
  return response;
}

void Exchange::count(int status) const {
  // The pattern, never the path: the number of series must not be the callers' choice.
  const std::string route =
      call_.route == nullptr ? "none" : std::string(call_.route->method) + " " + std::string(call_.route->pattern);
  call_.service.needs.metrics.count(metric::kRequests, {route, std::to_string(status / 100) + "xx"});
}

}  // namespace strongroom::api

#include "api/call.hpp"

#include "api/http_errors.hpp"
#include "api/routes.hpp"
#include "base/check.hpp"
#include "base/text.hpp"

namespace strongroom::api {
namespace {

/// Of a path in the audit log: enough to know what was wanted.
constexpr std::size_t kObjectMax = 200;

}  // namespace

std::string_view Call::capture(std::string_view name) const {
  for (const auto& [key, value] : captures) {
    if (key == name) return value;
  }
  CHECK(false && "the route's pattern has no such name");
  return {};
}

std::string Call::query_text(std::string_view name) const { return std::string(query.find(name).value_or("")); }

HttpResponse Call::fail(int status, std::string_view description) const {
  return error_response(service.context_url, request_id, status, description);
}

HttpResponse Call::fault(const Error& error) const {
  service.needs.log.write(
      LogLevel::error, "http.fault",
      {{"requestId", request_id.str()}, {"error", error.text()}, {"path", std::string(cut_target(head.target).path)}});
  return fail(500, {});
}

HttpResponse Call::deny(const std::string& reason, std::string_view description) const {
  CHECK(caller.has_value());
  const Instant now = service.needs.clock.now();
  if (service.denials.is_news(caller->client(), reason, now)) {
    const std::string object = head.method + " " + one_line(cut_target(head.target).path.substr(0, kObjectMax));
    const auto recorded =
        service.needs.audit.record(Deed{caller->client().str(), std::string(audit_action::kAccessDenied), object,
                                        "denied: " + reason, request_id.str(), now});
    if (!recorded) {
      service.needs.log.write(LogLevel::error, "audit.not_recorded",
                              {{"requestId", request_id.str()}, {"error", recorded.error().text()}});
    }
  }
  return fail(403, description);
}

HttpResponse Call::forbidden_space(std::string_view space) const {
  return deny("space", "This client may not use the space " + std::string(space));
}

bool Call::may_use(std::string_view space) const {
  CHECK(caller.has_value() && route != nullptr);
  return caller->may_use(route->scope, space);
}

std::optional<HttpResponse> Call::query_refusal() const {
  CHECK(route != nullptr);
  const std::string faults = query.faults(route->query, route->method == "GET");
  if (faults.empty()) return std::nullopt;
  return fail(400, faults);
}

}  // namespace strongroom::api

#include "api/call.hpp"

#include "api/http_errors.hpp"
#include "api/routes.hpp"
#include "base/check.hpp"

namespace strongroom::api {

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

HttpResponse Call::forbidden_space(std::string_view space) const {
  return fail(403, "This client may not use the space " + std::string(space));
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

// Health (http-api.md 7.2): plain text, no authentication, no JSON.
#include "api/endpoints.hpp"

namespace strongroom::api {

HttpResponse get_health(Call& call) {
  const Service& service = call.service;
  // Any read will do; this one is a single row.
  const auto read = service.needs.catalogue.recall("health");
  HttpResponse response;
  response.headers = {{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}};
  response.text = "ok";
  if (!read) {
    service.needs.log.write(LogLevel::error, "health.unavailable",
                            {{"requestId", call.request_id.str()}, {"error", read.error().text()}});
    response.status = 503;
    response.text = "unavailable";
    response.headers.emplace_back("Retry-After", "10");
  }
  return response;
}

}  // namespace strongroom::api

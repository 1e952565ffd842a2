#include "api/http_errors.hpp"

#include "base/json_text.hpp"
#include "base/text.hpp"

namespace strongroom::api {

HttpResponse json_response(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", kJson);
  response.text = std::move(text);
  return response;
}

HttpResponse error_response(std::string_view context_url, const RequestId& request_id, int status,
                            std::string_view description) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("@context", context_url).member("errorType", "http").member("httpStatus", status);
  writer.member("label", reason_phrase(status));
  if (!description.empty()) writer.member("description", description);
  writer.member("type", "Error").member("requestId", request_id.str()).end_object();
  return json_response(status, std::move(text));
}

std::string uri_too_long_text(std::size_t uri_max) {
  return "URI length exceeds the configured limit of " + std::to_string(uri_max) + " characters";
}

std::string body_too_large_text(std::uint64_t body_max) {
  return "The request body is larger than " + std::to_string(body_max) + " bytes";
}

std::string refusal_text(int status, std::size_t uri_max, std::uint64_t body_max) {
  switch (status) {
    case 400:
      return "The request is not well-formed HTTP.";
    case 408:
      return "The request did not arrive in time.";
    case 413:
      return body_too_large_text(body_max);
    case 414:
      return uri_too_long_text(uri_max);
    case 417:
      return "The expectation in the request's Expect header cannot be met.";
    case 431:
      return "The request's header fields are too large.";
    case 500:
      return {};
    case 501:
      return "The request's transfer coding is not supported.";
    case 503:
      return "The service is not available at the moment.";
    case 505:
      return "The request's HTTP version is not supported.";
    default:
      return "The request was refused.";
  }
}

void set_header(HttpResponse& response, std::string_view name, std::string value) {
  const std::string wanted = to_lower_ascii(name);
  for (auto& [key, held] : response.headers) {
    if (to_lower_ascii(key) == wanted) {
      held = std::move(value);
      return;
    }
  }
  response.headers.emplace_back(std::string(name), std::move(value));
}

}  // namespace strongroom::api

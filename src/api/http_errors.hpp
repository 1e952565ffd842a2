// Error documents (http-api.md 2): one shape for every status.
// Private to the API; any thread.
#pragma once

#include <string>
#include <string_view>

#include "domain/identifiers.hpp"
#include "ports/http.hpp"

namespace strongroom::api {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kJsonLd = "application/ld+json";
/// Description of a 404 for a path that leads nowhere.
inline constexpr std::string_view kUnknownRoute = "The requested resource could not be found.";

/// An answer with a JSON document.
[[nodiscard]] HttpResponse json_response(int status, std::string text);

/// The error document; `description` is left out when empty (500 only).
[[nodiscard]] HttpResponse error_response(std::string_view context_url, const RequestId& request_id, int status,
                                          std::string_view description);

/// The text for a request that the server had to refuse before any function saw it.
[[nodiscard]] std::string refusal_text(int status, std::size_t uri_max, std::uint64_t body_max);
/// `URI length exceeds the configured limit of 8192 characters`
[[nodiscard]] std::string uri_too_long_text(std::size_t uri_max);
/// `The request body is larger than 1048576 bytes`
[[nodiscard]] std::string body_too_large_text(std::uint64_t body_max);

/// Adds a header, or replaces the one of that name.
void set_header(HttpResponse& response, std::string_view name, std::string value);

}  // namespace strongroom::api

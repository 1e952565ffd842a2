// The storage ontology: every class, property and individual that the JSON-LD context names (json-ld.md 3).
// Pure; any thread. A test compares it with the context, both ways.
#pragma once

#include <string>
#include <string_view>

#include "api/api.hpp"

namespace strongroom::api {

/// Turtle. `document` is the URL it is served at.
[[nodiscard]] std::string ontology(std::string_view name_space, std::string_view document);

/// The namespace of all terms: as fixed at first start, by default the ontology's own address.
[[nodiscard]] std::string json_ld_namespace(const ApiConfig& config);

}  // namespace strongroom::api

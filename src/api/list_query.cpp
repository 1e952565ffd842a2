#include "api/list_query.hpp"

#include "base/text.hpp"

namespace strongroom::api {

std::optional<std::string> ListParameters::given(std::string_view name) const {
  const auto value = call_.query.find(name);
  return value && !value->empty() ? std::optional(std::string(*value)) : std::nullopt;
}

std::optional<Instant> ListParameters::instant(std::string_view name) {
  auto value = given(name);
  if (!value) return std::nullopt;
  // The plus of an offset reads as a space in a query, and people forget to encode it.
  if (const auto space = value->rfind(' '); space != std::string::npos && space > 10) value->at(space) = '+';
  const auto parsed = parse_instant(*value);
  if (!parsed) fault(name, *value, "must be an instant such as 2024-05-01T09:30:00Z.");
  return parsed;
}

std::optional<bool> ListParameters::flag(std::string_view name) {
  const auto value = given(name);
  if (!value) return std::nullopt;
  if (*value != "true" && *value != "false") {
    fault(name, *value, "must be true or false.");
    return std::nullopt;
  }
  return *value == "true";
}

void ListParameters::fault(std::string_view name, std::string_view value, std::string_view rule) {
  faults_.push_back(Query::fault_line(name, value, rule));
}

std::string ListParameters::list() const {
  std::string text;
  for (const std::string_view name : filters_) {
    if (const auto value = given(name)) text.append(name).append("=").append(percent_encode(*value, "")).append("&");
  }
  return text;
}

std::string ListParameters::faults() const { return join(faults_, "\n"); }

std::string ListParameters::next_url(std::string_view resource, std::size_t limit, const std::string& cursor) const {
  return call_.service.config.public_base_url + std::string(resource) + "?" + list() +
         "limit=" + std::to_string(limit) + "&cursor=" + cursor;
}

}  // namespace strongroom::api

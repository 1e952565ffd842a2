#include "events/born_digital.hpp"

#include <algorithm>

#include "base/json_text.hpp"
#include "domain/json_members.hpp"

namespace strongroom::events {
namespace {

constexpr std::string_view kOrigin = "archivematica";

/// `2026-07-31T08:00:00.000000`: UTC, without saying so.
std::string without_zone(Instant instant) {
  std::string text = format_instant(instant);
  text.pop_back();
  return text;
}

bool is_version(std::string_view text) {
  return text.size() > 1 && text.front() == 'v' &&
         std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

/// A member of the body, or the rejection that names it.
Result<std::string> member(const JsonMembers& members, std::string_view name) {
  auto text = members.text(name);
  if (!text) return rejected("the event's body has no text " + std::string(name));
  return text;
}

}  // namespace

Result<std::string> born_digital_message(const LoggedEvent& logged) {
  const auto members = JsonMembers::parse(logged.event.body);
  if (!members) return rejected("the event's body is not a JSON object");
  TRY(const std::string identifier, member(*members, "externalIdentifier"));
  TRY(const std::string space, member(*members, "space"));
  TRY(const std::string version, member(*members, "version"));
  if (!is_version(version)) return rejected("the event's body has a version that is none: " + version);
  std::string message;
  JsonWriter writer(message);
  writer.begin_object().member("identifier", identifier).member("space", space).member("version", version);
  writer.member("origin", kOrigin).member("timeSent", without_zone(logged.event.time)).end_object();
  return message;
}

}  // namespace strongroom::events

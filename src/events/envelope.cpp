#include "events/envelope.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/json_text.hpp"
#include "domain/documents.hpp"

namespace strongroom::events {
std::string body_of(const LoggedEvent& logged) {
  if (!logged.event.ingest) return logged.event.body;
  CHECK(logged.then.has_value());
  return ingest_document({.ingest = logged.then->ingest, .events = logged.then->events, .reader = Reader::other});
}

std::string envelope(const LoggedEvent& logged, std::string_view context_url) {
  const OutgoingEvent& event = logged.event;
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  if (!context_url.empty()) writer.member("@context", context_url);
  writer.member("type", "Event").member("sequence", event.sequence).member("id", event.id);
  writer.member("time", format_instant(event.time)).member("kind", event.kind);
  writer.key("body").raw(body_of(logged));
  if (event.reindex) writer.member("reindex", true);
  writer.end_object();
  return text;
}

std::string frame(const LoggedEvent& logged, std::string_view context_url) {
  std::string data = envelope(logged, context_url);
  // Inside of JSON texts line ends are escaped: a bare one is whitespace.
  std::ranges::replace_if(data, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return "id: " + std::to_string(logged.event.sequence) + "\nevent: " + logged.event.kind + "\ndata: " + data + "\n\n";
}

}  // namespace strongroom::events

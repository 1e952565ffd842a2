#include "api/cursor.hpp"

#include "base/digest.hpp"
#include "base/hex.hpp"
#include "base/text.hpp"

namespace strongroom::api {
namespace {

/// Enough to tell damage and other lists; nothing secret is in a cursor.
std::string check_of(std::string_view place, std::string_view list) {
  return digest_of(Algorithm::sha256, std::string(place) + "\n" + std::string(list)).hex().substr(0, 16);
}

}  // namespace

std::string seal_cursor(const std::string& place, std::string_view list) {
  return to_hex(as_bytes(place + " " + check_of(place, list)));
}

std::optional<std::string> open_cursor(std::string_view cursor, std::string_view list) {
  const auto text = parse_hex(cursor);
  if (!text || to_hex(as_bytes(*text)) != cursor) return std::nullopt;
  const auto end = text->rfind(' ');
  if (end == std::string::npos) return std::nullopt;
  std::string place = text->substr(0, end);
  if (text->substr(end + 1) != check_of(place, list)) return std::nullopt;
  return place;
}

std::string make_cursor(const ListPlace& place, std::string_view list) {
  return seal_cursor(std::to_string(microseconds_of(place.created)) + " " + place.ingest.str(), list);
}

std::optional<ListPlace> read_cursor(std::string_view cursor, std::string_view list) {
  const auto place = open_cursor(cursor, list);
  const auto parts = place ? split(*place, ' ') : std::vector<std::string_view>();
  if (parts.size() != 2) return std::nullopt;
  const auto created = parse_number(parts[0]);
  const auto ingest = IngestId::parse(parts[1]);
  if (!created || !ingest) return std::nullopt;
  return ListPlace{instant_of(static_cast<std::int64_t>(*created)), *ingest};
}

}  // namespace strongroom::api

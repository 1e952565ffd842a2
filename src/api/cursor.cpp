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

std::string make_cursor(const ListPlace& place, std::string_view list) {
  const std::string text = std::to_string(microseconds_of(place.created)) + " " + place.ingest.str();
  return to_hex(as_bytes(text + " " + check_of(text, list)));
}

std::optional<ListPlace> read_cursor(std::string_view cursor, std::string_view list) {
  const auto text = parse_hex(cursor);
  if (!text || to_hex(as_bytes(*text)) != cursor) return std::nullopt;
  const auto parts = split(*text, ' ');
  if (parts.size() != 3) return std::nullopt;
  const auto created = parse_number(parts[0]);
  const auto ingest = IngestId::parse(parts[1]);
  if (!created || !ingest || parts[2] != check_of(text->substr(0, text->rfind(' ')), list)) return std::nullopt;
  return ListPlace{instant_of(static_cast<std::int64_t>(*created)), *ingest};
}

}  // namespace strongroom::api

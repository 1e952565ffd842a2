// Fuzz target: any bytes as the JSON body of a request. Another reader (Boost.JSON) must agree on what is JSON, but for
// what http-api.md 1.5 forbids beyond it, and on every member; and decoding and judging an ingest request ends in a
// request whose parts are legal, or in a text fit for an answer.
#include <boost/json.hpp>
#include <cstdint>
#include <cstdlib>
#include <set>

#include "api/ingest_request.hpp"
#include "api/strict_json.hpp"
#include "base/text.hpp"

namespace {

namespace json = boost::json;
using strongroom::api::JsonKind;
using strongroom::api::JsonValue;

void require(bool condition) {
  if (!condition) std::abort();
}

bool same_kind(JsonKind kind, const json::value& value) {
  switch (kind) {
    case JsonKind::null:
      return value.is_null();
    case JsonKind::boolean:
      return value.is_bool();
    case JsonKind::number:
      return value.is_number();
    case JsonKind::string:
      return value.is_string();
    case JsonKind::array:
      return value.is_array();
    case JsonKind::object:
      return value.is_object();
  }
  return false;
}

void compare(const JsonValue& ours, const json::value& theirs, std::string_view text, int depth) {
  require(depth <= 64);
  require(same_kind(ours.kind, theirs));
  require(ours.source.data() >= text.data() && ours.source.data() + ours.source.size() <= text.data() + text.size());
  if (const auto* string = theirs.if_string()) {
    require(ours.text == std::string_view(string->data(), string->size()) && strongroom::is_utf8(ours.text));
  }
  const auto* object = theirs.if_object();
  if (object == nullptr) return require(ours.members.empty());
  require(object->size() == ours.members.size());
  for (const auto& member : ours.members) {
    const json::value* value = object->if_contains(member.name);
    require(value != nullptr);
    require((ours.find(member.name) == nullptr) == value->is_null());
    compare(member.value, *value, text, depth + 1);
  }
}

void check_reading(std::string_view text) {
  const auto ours = strongroom::api::parse_strict_json(text);
  json::parse_options options;
  options.max_depth = 64;
  boost::system::error_code error;
  const json::value theirs = json::parse({text.data(), text.size()}, error, {}, options);
  if (ours) {
    // We look at the form of numbers only, not at how large they are.
    if (error == json::error::exponent_overflow) return;
    require(!error);
    return compare(*ours, theirs, text, 1);
  }
  require(!ours.error().what.empty() && strongroom::is_utf8(ours.error().what));
  if (error) return;
  // Ours is stricter in one thing only that theirs lets pass.
  require(ours.error().what.find("twice") != std::string::npos);
}

void check_request(std::string_view text) {
  strongroom::api::ApiConfig config;
  config.sources = {{strongroom::Provider::filesystem, {"uploads"}}, {strongroom::Provider::amazon_s3, {"*"}}};
  const auto decoded = strongroom::api::decode_request(text, config);
  if (!decoded) {
    require(!decoded.error().what.empty() && strongroom::is_utf8(decoded.error().what));
    return;
  }
  require(strongroom::is_utf8(decoded->space) && strongroom::is_utf8(decoded->path));
  const auto client = strongroom::ClientId::parse("fuzz");
  const auto judged = strongroom::api::judge_request(*decoded, config, *client);
  if (!judged) {
    require(!judged.error().what.empty() && strongroom::is_utf8(judged.error().what));
    return;
  }
  require(judged->bag.space.str() == decoded->space);
  require(judged->bag.external_identifier.str() == decoded->external_identifier);
  require(!strongroom::has_control_characters(judged->bag.str()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_reading(text);
  check_request(text);
  return 0;
}

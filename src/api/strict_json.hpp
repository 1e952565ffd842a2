// Request bodies as JSON, read strictly (http-api.md 1.5): a member name given twice, a lone surrogate, or nesting
// deeper than 64 makes a body malformed, and the message says where.
//
// Our own reader, since the answers quote values as they were sent and name line and column, which the library keeps
// from its callers. Pure; memory is a small multiple of the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace strongroom::api {

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

struct JsonMember;

/// A value; borrows from the text it was read from. Elements of arrays are checked but not kept.
struct JsonValue {
  JsonKind kind = JsonKind::null;
  std::string_view source;  ///< as sent
  std::string text;         ///< of a string, decoded
  std::vector<JsonMember> members;

  /// The member of an object; null when absent or `null` (which equals absent).
  [[nodiscard]] const JsonValue* find(std::string_view name) const;
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

/// The one value that `text` is. Error (rejected): `what` is the message, with line and column.
[[nodiscard]] Result<JsonValue> parse_strict_json(std::string_view text);

}  // namespace strongroom::api

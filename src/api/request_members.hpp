// The members of a JSON request body: read by path, what is missing or of another type noted as http-api.md 4.1 words
// it. Private to the API; one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/strict_json.hpp"

namespace strongroom::api {

class MemberReader {
 public:
  /// Notes a body that is no object.
  void root(const JsonValue& value);
  /// An object member; null when it is missing or no object, which has then been noted where it had to be there.
  /// `path` ends in the member's name. Without a parent something further out has been noted already.
  const JsonValue* object(const JsonValue* parent, const std::string& path, bool required);
  std::optional<std::string> text(const JsonValue* parent, const std::string& path, bool required);
  /// An array of texts; nothing when it is missing.
  std::optional<std::vector<std::string>> texts(const JsonValue* parent, const std::string& path);
  std::optional<bool> boolean(const JsonValue* parent, const std::string& path);
  /// From 0; nothing when it is missing.
  std::optional<std::uint64_t> whole_number(const JsonValue* parent, const std::string& path);
  /// All notes, joined by newlines.
  [[nodiscard]] std::string lines() const;

 private:
  const JsonValue* member(const JsonValue* parent, const std::string& path, bool required, JsonKind kind,
                          std::string_view expected);
  void note_type(const std::string& path, const JsonValue& value, std::string_view expected);

  std::vector<std::string> lines_;
};

}  // namespace strongroom::api

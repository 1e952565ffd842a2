#include "api/request_members.hpp"

#include <boost/json.hpp>

#include "base/text.hpp"

namespace strongroom::api {
namespace {

constexpr std::size_t kShownMax = 100;

/// At most 100 characters.
std::string_view shortened(std::string_view text) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < kShownMax && at < text.size(); ++i) {
    if (!next_code_point(text, at)) ++at;
  }
  return text.substr(0, at);
}

}  // namespace

void MemberReader::root(const JsonValue& value) {
  if (value.kind != JsonKind::object) note_type(".", value, "object");
}

const JsonValue* MemberReader::object(const JsonValue* parent, const std::string& path, bool required) {
  return member(parent, path, required, JsonKind::object, "object");
}

std::optional<std::string> MemberReader::text(const JsonValue* parent, const std::string& path, bool required) {
  const JsonValue* value = member(parent, path, required, JsonKind::string, "string");
  return value == nullptr ? std::nullopt : std::optional(value->text);
}

std::optional<std::vector<std::string>> MemberReader::texts(const JsonValue* parent, const std::string& path) {
  constexpr std::string_view kExpected = "array of strings";
  const JsonValue* value = member(parent, path, false, JsonKind::array, kExpected);
  if (value == nullptr) return std::nullopt;
  // The strict reader has found it well-formed, and keeps no elements.
  const boost::json::value parsed = boost::json::parse(value->source);
  std::vector<std::string> texts;
  for (const boost::json::value& one : parsed.as_array()) {
    if (!one.is_string()) {
      note_type(path, *value, kExpected);
      return std::nullopt;
    }
    texts.emplace_back(one.get_string());
  }
  return texts;
}

std::optional<std::uint64_t> MemberReader::whole_number(const JsonValue* parent, const std::string& path) {
  const JsonValue* value = member(parent, path, false, JsonKind::number, "whole number");
  if (value == nullptr) return std::nullopt;
  const auto number = parse_number(value->source);
  if (!number) note_type(path, *value, "whole number");
  return number;
}

std::optional<bool> MemberReader::boolean(const JsonValue* parent, const std::string& path) {
  const JsonValue* value = member(parent, path, false, JsonKind::boolean, "true or false");
  return value == nullptr ? std::nullopt : std::optional(value->source == "true");
}

std::string MemberReader::lines() const { return join(lines_, "\n"); }

const JsonValue* MemberReader::member(const JsonValue* parent, const std::string& path, bool required, JsonKind kind,
                                      std::string_view expected) {
  if (parent == nullptr) return nullptr;
  const JsonValue* value = parent->find(std::string_view(path).substr(path.rfind('.') + 1));
  if (value == nullptr) {
    if (required) lines_.push_back("Invalid value at " + path + ": Missing required field");
    return nullptr;
  }
  if (value->kind == kind) return value;
  note_type(path, *value, expected);
  return nullptr;
}

void MemberReader::note_type(const std::string& path, const JsonValue& value, std::string_view expected) {
  lines_.push_back("Invalid value at " + path + ": Got value '" + one_line(shortened(value.source)) +
                   "' with wrong type, expecting " + std::string(expected));
}

}  // namespace strongroom::api

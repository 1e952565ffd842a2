#include "domain/json_members.hpp"

#include <boost/json.hpp>

namespace strongroom {
namespace {

namespace json = boost::json;

json::string_view view_of(std::string_view text) { return {text.data(), text.size()}; }
std::string text_of(json::string_view text) { return {text.data(), text.size()}; }

const json::value* find(const std::shared_ptr<const void>& object, std::string_view name) {
  return static_cast<const json::object*>(object.get())->if_contains(view_of(name));
}

Error wrong(std::string_view name, std::string_view expected) {
  return broken("the member \"" + std::string(name) + "\" is not " + std::string(expected), {}, Reason::corrupt);
}

}  // namespace

Result<JsonMembers> JsonMembers::parse(std::string_view text) {
  try {
    boost::system::error_code error;
    const auto root = std::make_shared<const json::value>(json::parse(view_of(text), error));
    if (error) return broken("the text is not JSON: " + error.message(), {}, Reason::corrupt);
    const json::object* object = root->if_object();
    if (object == nullptr) return broken("the text is not a JSON object", {}, Reason::corrupt);
    return JsonMembers(std::shared_ptr<const void>(root, object));
  } catch (const std::exception& failure) {
    return broken(std::string("the JSON text could not be read: ") + failure.what(), {}, Reason::corrupt);
  }
}

bool JsonMembers::has(std::string_view name) const { return find(object_, name) != nullptr; }

Result<std::string> JsonMembers::text(std::string_view name) const {
  const json::value* value = find(object_, name);
  if (value == nullptr || !value->is_string()) return wrong(name, "a text");
  return text_of(value->get_string());
}

Result<std::uint64_t> JsonMembers::number(std::string_view name) const {
  const json::value* value = find(object_, name);
  if (value == nullptr || !value->is_int64() || value->get_int64() < 0) return wrong(name, "a whole number");
  return static_cast<std::uint64_t>(value->get_int64());
}

Result<bool> JsonMembers::boolean(std::string_view name) const {
  const json::value* value = find(object_, name);
  if (value == nullptr || !value->is_bool()) return wrong(name, "true or false");
  return value->get_bool();
}

Result<Instant> JsonMembers::instant(std::string_view name) const {
  TRY(const std::string written, text(name));
  const auto instant = parse_instant(written);
  if (!instant || format_instant(*instant) != written) return wrong(name, "an instant");
  return *instant;
}

Result<JsonMembers> JsonMembers::object(std::string_view name) const {
  const json::value* value = find(object_, name);
  if (value == nullptr || !value->is_object()) return wrong(name, "an object");
  return JsonMembers(std::shared_ptr<const void>(object_, &value->get_object()));
}

Result<std::string> JsonMembers::json_of(std::string_view name) const {
  const json::value* value = find(object_, name);
  if (value == nullptr) return wrong(name, "there");
  return json::serialize(*value);
}

Result<std::vector<JsonMembers>> JsonMembers::objects(std::string_view name) const {
  const json::value* value = find(object_, name);
  if (value == nullptr || !value->is_array()) return wrong(name, "a list");
  std::vector<JsonMembers> members;
  members.reserve(value->get_array().size());
  for (const json::value& element : value->get_array()) {
    if (!element.is_object()) return wrong(name, "a list of objects");
    members.push_back(JsonMembers(std::shared_ptr<const void>(object_, &element.get_object())));
  }
  return members;
}

Result<std::vector<std::string>> JsonMembers::texts(std::string_view name) const {
  const json::value* value = find(object_, name);
  if (value == nullptr || !value->is_array()) return wrong(name, "a list");
  std::vector<std::string> texts;
  texts.reserve(value->get_array().size());
  for (const json::value& element : value->get_array()) {
    if (!element.is_string()) return wrong(name, "a list of texts");
    texts.push_back(text_of(element.get_string()));
  }
  return texts;
}

Result<std::vector<std::pair<std::string, std::string>>> JsonMembers::all_texts() const {
  std::vector<std::pair<std::string, std::string>> texts;
  for (const json::key_value_pair& member : *static_cast<const json::object*>(object_.get())) {
    if (!member.value().is_string()) return wrong(text_of(member.key()), "a text");
    texts.emplace_back(text_of(member.key()), text_of(member.value().get_string()));
  }
  return texts;
}

Result<void> JsonMembers::expect(std::string_view name, std::string_view value) const {
  TRY(const std::string found, text(name));
  if (found != value) return wrong(name, "\"" + std::string(value) + "\"");
  return {};
}

}  // namespace strongroom

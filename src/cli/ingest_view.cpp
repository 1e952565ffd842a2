#include "cli/ingest_view.hpp"

#include <boost/json.hpp>

namespace strongroom::cli {
namespace {

namespace json = boost::json;

std::optional<json::object> object_of(std::string_view text) {
  boost::system::error_code trouble;
  json::value value = json::parse(json::string_view(text.data(), text.size()), trouble);
  if (trouble || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

const json::object* object_at(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

std::string text_at(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

std::optional<std::uint64_t> number_at(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  const std::int64_t* number = value == nullptr ? nullptr : value->if_int64();
  if (number == nullptr || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

template <class Item, class Read>
std::vector<Item> list_at(const json::object& object, const char* key, const Read& read) {
  std::vector<Item> items;
  const json::value* value = object.if_contains(key);
  const json::array* array = value == nullptr ? nullptr : value->if_array();
  if (array == nullptr) return items;
  for (const json::value& element : *array) {
    if (const json::object* item = element.if_object()) items.push_back(read(*item));
  }
  return items;
}

}  // namespace

std::optional<IngestView> read_ingest(std::string_view text) {
  const std::optional<json::object> document = object_of(text);
  if (!document || text_at(*document, "type") != "Ingest") return std::nullopt;
  IngestView view;
  view.id = text_at(*document, "id");
  if (const json::object* status = object_at(*document, "status")) view.status = text_at(*status, "id");
  if (const json::object* bag = object_at(*document, "bag")) {
    view.bag = text_at(*bag, "id");
    view.version = text_at(*bag, "version");
  }
  view.events = list_at<EventView>(*document, "events", [](const json::object& event) {
    return EventView{text_at(event, "createdDate"), text_at(event, "description")};
  });
  view.progress = list_at<ProgressView>(*document, "progress", [](const json::object& step) {
    return ProgressView{text_at(step, "step"), number_at(step, "bytesDone").value_or(0), number_at(step, "bytesTotal")};
  });
  if (view.id.empty() || view.status.empty()) return std::nullopt;
  return view;
}

std::string read_error(std::string_view text) {
  const std::optional<json::object> document = object_of(text);
  if (!document) return {};
  const std::string told = text_at(*document, "error_description");
  if (!told.empty()) return told;
  const std::string label = text_at(*document, "label");
  const std::string description = text_at(*document, "description");
  return description.empty() || label.empty() ? label + description : label + ": " + description;
}

std::optional<std::string> read_token(std::string_view text) {
  const std::optional<json::object> document = object_of(text);
  if (!document) return std::nullopt;
  std::string token = text_at(*document, "access_token");
  if (token.empty()) return std::nullopt;
  return token;
}

}  // namespace strongroom::cli

#include "domain/sparse_index.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "base/json_text.hpp"
#include "base/limits.hpp"

namespace strongroom {
namespace {

struct Place {
  std::string name;
  std::uint64_t offset = 0;
};

Error no_index() { return broken("a sparse index is not what was written", {}, Reason::corrupt); }

std::optional<Place> read_place(const boost::json::value& value) {
  const auto* pair = value.if_array();
  if (pair == nullptr || pair->size() != 2 || !pair->at(0).is_string()) return std::nullopt;
  boost::system::error_code error;
  const auto offset = pair->at(1).to_number<std::uint64_t>(error);
  if (error) return std::nullopt;
  return Place{std::string(pair->at(0).get_string()), offset};
}

using Places = std::vector<Place>;

/// The list and the one behind it, which is empty for the last one.
Result<std::pair<Places, Places>> read_lists(std::string_view index, std::string_view list) {
  boost::system::error_code error;
  const boost::json::value root = boost::json::parse(index, error);
  const auto* object = error ? nullptr : root.if_object();
  if (object == nullptr) return no_index();
  const auto found = object->find(list);
  if (found == object->end()) return no_index();
  std::pair<Places, Places> lists;
  for (auto member = found; member != object->end() && member != found + 2; ++member) {
    const auto* array = member->value().if_array();
    if (array == nullptr) return no_index();
    Places& places = member == found ? lists.first : lists.second;
    for (const boost::json::value& value : *array) {
      auto place = read_place(value);
      if (!place) return no_index();
      places.push_back(std::move(*place));
    }
  }
  return lists;
}

}  // namespace

void SparseIndexWriter::begin(std::string_view list) {
  json_.append(json_.empty() ? "{" : "],").append("\"").append(list).append("\":[");
  count_ = 0;
}

void SparseIndexWriter::see(const std::string& name, std::uint64_t offset) {
  if (count_++ % limits::kSparseIndexStep != 0) return;
  if (json_.back() != '[') json_.push_back(',');
  JsonWriter(json_).begin_array().text(name).number(static_cast<std::int64_t>(offset)).end_array();
}

Result<std::optional<IndexedStretch>> find_stretch(std::string_view index, std::string_view list,
                                                   std::string_view name) {
  TRY(const auto lists, read_lists(index, list));
  const Places& places = lists.first;
  const auto next = std::upper_bound(places.begin(), places.end(), name,
                                     [](std::string_view wanted, const Place& place) { return wanted < place.name; });
  if (next == places.begin()) return std::optional<IndexedStretch>();
  IndexedStretch stretch{std::prev(next)->offset, std::nullopt};
  if (next != places.end()) {
    stretch.next = next->offset;
  } else if (!lists.second.empty()) {
    stretch.next = lists.second.front().offset;
  }
  return std::optional(stretch);
}

Result<std::optional<std::uint64_t>> begin_of_list(std::string_view index, std::string_view list) {
  TRY(const auto lists, read_lists(index, list));
  const Places& places = lists.first;
  return places.empty() ? std::optional<std::uint64_t>() : std::optional(places.front().offset);
}

}  // namespace strongroom

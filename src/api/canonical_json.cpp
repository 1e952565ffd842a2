#include "api/canonical_json.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/digest.hpp"
#include "base/json_text.hpp"

namespace strongroom::api {
namespace {

namespace json = boost::json;

/// Up to here a double holds every whole number.
constexpr double kWholeMax = 9007199254740992.0;

std::string_view view_of(json::string_view text) { return {text.data(), text.size()}; }

void append_number(std::string& out, const json::value& value) {
  if (value.is_int64()) {
    out.append(std::to_string(value.get_int64()));
  } else if (value.is_uint64()) {
    out.append(std::to_string(value.get_uint64()));
  } else if (const double number = value.get_double(); std::abs(number) <= kWholeMax && std::trunc(number) == number) {
    out.append(std::to_string(static_cast<std::int64_t>(number)));
  } else {
    out.append(json::serialize(value));
  }
}

void append_value(std::string& out, const json::value& value) {
  if (const json::object* object = value.if_object()) {
    std::vector<const json::key_value_pair*> members;
    for (const auto& member : *object) members.push_back(&member);
    std::ranges::sort(members, {}, [](const auto* member) { return view_of(member->key()); });
    out.push_back('{');
    for (const auto* member : members) {
      append_json_string(out, view_of(member->key()));
      out.push_back(':');
      append_value(out, member->value());
      out.push_back(',');
    }
    out.push_back('}');
  } else if (const json::array* array = value.if_array()) {
    out.push_back('[');
    for (const json::value& element : *array) {
      append_value(out, element);
      out.push_back(',');
    }
    out.push_back(']');
  } else if (const json::string* text = value.if_string()) {
    append_json_string(out, view_of(*text));
  } else if (value.is_number()) {
    append_number(out, value);
  } else {
    out.append(json::serialize(value));
  }
}

}  // namespace

std::optional<std::string> json_digest(std::string_view text) {
  json::parse_options options;
  options.max_depth = 128;
  boost::system::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error, {}, options);
  if (error) return std::nullopt;
  std::string canonical;
  append_value(canonical, value);
  return digest_of(Algorithm::sha256, canonical).hex();
}

}  // namespace strongroom::api

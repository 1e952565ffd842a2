#include "api/etag.hpp"

#include "base/text.hpp"

namespace strongroom::api {
namespace {

/// A list of tags; a tag may hold commas, so it is read tag by tag. What is no tag ends the reading.
bool list_names(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    if (list.front() == ' ' || list.front() == '\t' || list.front() == ',') {
      list.remove_prefix(1);
      continue;
    }
    if (list.front() == '*') return true;
    if (list.starts_with("W/")) list.remove_prefix(2);
    const auto end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) return false;
    if (list.substr(0, end + 1) == tag) return true;
    list.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace

std::string entity_tag(std::string_view text) {
  std::string tag = "\"";
  for (char c : one_line(text)) {
    if (c == '"') {
      tag.append("%22");
    } else {
      tag.push_back(c);
    }
  }
  return tag.append("\"");
}

bool none_match_names(const HttpHeaders& headers, std::string_view tag) {
  for (const auto& [name, value] : headers) {
    if (to_lower_ascii(name) == "if-none-match" && list_names(value, tag)) return true;
  }
  return false;
}

}  // namespace strongroom::api

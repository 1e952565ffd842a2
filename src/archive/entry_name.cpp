#include "archive/entry_name.hpp"

#include "base/text.hpp"

namespace strongroom::archive {

std::optional<std::string> normalise_entry_name(std::string_view raw) {
  if (!is_utf8(raw) || raw.find('\0') != std::string_view::npos || raw.starts_with('/')) return std::nullopt;
  std::string name;
  name.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t slash = std::min(raw.find('/', at), raw.size());
    const std::string_view component = raw.substr(at, slash - at);
    at = slash + 1;
    if (component == "..") return std::nullopt;
    if (component.empty() || component == ".") continue;
    if (!name.empty()) name.push_back('/');
    name.append(component);
  }
  return name;
}

bool is_at_or_below(std::string_view name, std::string_view ancestor) {
  return name.starts_with(ancestor) && (name.size() == ancestor.size() || name[ancestor.size()] == '/');
}

}  // namespace strongroom::archive

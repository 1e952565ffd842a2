#include "ports/search_index.hpp"

#include "base/text.hpp"

namespace strongroom {

std::string suffix_of(std::string_view name) {
  name = name.substr(name.rfind('/') + 1);
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == name.size()) return {};
  return to_lower_ascii(name.substr(dot + 1));
}

}  // namespace strongroom

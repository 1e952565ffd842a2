// Answers of storage providers in XML, as a small tree of names and texts; attributes and namespaces are dropped.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strongroom::cloud {

struct XmlElement {
  std::string name;  ///< without its prefix
  std::string text;  ///< of an element without children
  std::vector<XmlElement> children;

  /// The first child of that name; null when there is none.
  [[nodiscard]] const XmlElement* child(std::string_view wanted) const;
  /// The text of that child; empty when there is none.
  [[nodiscard]] std::string text_of(std::string_view wanted) const;
};

/// The root element; nothing when `text` is no XML, or is nested deeper than any provider does.
[[nodiscard]] std::optional<XmlElement> parse_xml(std::string_view text);

}  // namespace strongroom::cloud

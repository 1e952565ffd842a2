#include "adapters/cloud/xml.hpp"

#include <pugixml.hpp>

namespace strongroom::cloud {
namespace {

constexpr int kDepthMax = 16;

std::string local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

bool copy_tree(const pugi::xml_node& from, XmlElement& into, int depth) {
  if (depth > kDepthMax) return false;
  into.name = local_name(from.name());
  for (const pugi::xml_node& child : from.children()) {
    if (child.type() != pugi::node_element) continue;
    if (!copy_tree(child, into.children.emplace_back(), depth + 1)) return false;
  }
  if (into.children.empty()) into.text = from.text().get();
  return true;
}

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  for (const XmlElement& one : children) {
    if (one.name == wanted) return &one;
  }
  return nullptr;
}

std::string XmlElement::text_of(std::string_view wanted) const {
  const XmlElement* found = child(wanted);
  return found != nullptr ? found->text : std::string();
}

std::optional<XmlElement> parse_xml(std::string_view text) {
  pugi::xml_document document;
  // Blank text may be a whole name, and line ends are told as they are.
  constexpr unsigned kOptions = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata_single;
  if (!document.load_buffer(text.data(), text.size(), kOptions)) return std::nullopt;
  XmlElement root;
  if (!document.document_element() || !copy_tree(document.document_element(), root, 0)) return std::nullopt;
  return root;
}

}  // namespace strongroom::cloud

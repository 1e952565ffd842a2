#include "cli/bag_path.hpp"

#include "base/text.hpp"
#include "domain/documents.hpp"
#include "domain/identifiers.hpp"

namespace strongroom::cli {

Result<std::string> bag_path(std::string_view name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) {
    return rejected(one_line(name) + ": must be SPACE/IDENTIFIER, such as digitised/b12345678");
  }
  const Result<Space> space = Space::parse(name.substr(0, slash));
  if (!space) return rejected("space of " + one_line(name) + ": " + space.error().what);
  const Result<ExternalIdentifier> identifier = ExternalIdentifier::parse(name.substr(slash + 1));
  if (!identifier) return rejected("identifier of " + one_line(name) + ": " + identifier.error().what);
  return bag_resource({*space, *identifier});
}

}  // namespace strongroom::cli

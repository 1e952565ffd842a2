#include "cli/stored_bag_name.hpp"

#include "base/text.hpp"
#include "cli/bag_path.hpp"
#include "domain/identifiers.hpp"

namespace strongroom::cli {

std::string StoredBagName::resource(const std::string& suffix) const {
  return path + suffix + (version ? "?version=" + *version : "");
}

Result<StoredBagName> parse_stored_bag(const std::string& name, const std::optional<std::string>& apart) {
  StoredBagName parsed{name, {}, apart};
  if (apart && !Version::parse(*apart)) {
    return rejected("--version " + one_line(*apart) + ": must be v followed by a number");
  }
  const auto at = name.rfind('@');
  if (!apart && at != std::string::npos && Version::parse(name.substr(at + 1))) {
    parsed.bag = name.substr(0, at);
    parsed.version = name.substr(at + 1);
  }
  TRY(parsed.path, bag_path(parsed.bag));
  return parsed;
}

}  // namespace strongroom::cli

#include "domain/fetch_url.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "domain/bag_path.hpp"

namespace strongroom {
namespace {

/// A URL in the parts that are compared: scheme and authority in lower case, the path decoded once.
struct UrlParts {
  std::string scheme;
  std::string authority;
  std::string path;  ///< without its first slash
};

std::optional<UrlParts> split_url(std::string_view url) {
  const auto colon = url.find("://");
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  if (url.find_first_of("?#") != std::string_view::npos) return std::nullopt;
  const std::string_view rest = url.substr(colon + 3);
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view authority = rest.substr(0, slash);
  if (authority.find('@') != std::string_view::npos) return std::nullopt;
  auto path = percent_decode(rest.substr(slash + 1), false);
  if (!path || !is_utf8(*path)) return std::nullopt;
  return UrlParts{to_lower_ascii(url.substr(0, colon)), to_lower_ascii(authority), std::move(*path)};
}

/// What follows the prefix in the URL's path; nothing when another one begins it.
std::optional<std::string_view> behind(const UrlParts& url, std::string_view prefix_text) {
  const auto prefix = split_url(prefix_text);
  if (!prefix || prefix->scheme != url.scheme || prefix->authority != url.authority) return std::nullopt;
  if (!url.path.starts_with(prefix->path)) return std::nullopt;
  return std::string_view(url.path).substr(prefix->path.size());
}

/// `vK/name` of the bag; nothing for another bag, and for a path that is none.
std::optional<std::string> path_in_bag(std::string_view key, const BagId& bag) {
  const std::string above = bag.str() + "/";
  if (!key.starts_with(above)) return std::nullopt;
  const std::string_view path = key.substr(above.size());
  const auto slash = path.find('/');
  if (slash == std::string_view::npos || !Version::parse(path.substr(0, slash))) return std::nullopt;
  const std::string_view name = path.substr(slash + 1);
  if (!is_relative_path(name) || has_control_characters(name)) return std::nullopt;
  return std::string(path);
}

std::string with_slash(std::string text) {
  if (!text.ends_with('/')) text.push_back('/');
  return text;
}

}  // namespace

std::vector<std::string> fetch_prefixes(const LocationFacts& location) {
  const std::string prefix = percent_encode(location.prefix, "/");
  std::vector<std::string> all = {with_slash(location.url) + prefix};
  if (location.provider == Provider::amazon_s3) all.push_back("s3://" + location.bucket + "/" + prefix);
  if (location.fetch_aliases.empty() && location.provider == Provider::filesystem) {
    all.push_back("s3://" + location.name.str() + "/" + prefix);
  }
  all.insert(all.end(), location.fetch_aliases.begin(), location.fetch_aliases.end());
  return all;
}

std::optional<FetchTarget> find_fetch_target(std::string_view url, const BagId& bag,
                                             const std::vector<LocationFacts>& locations) {
  const auto parts = split_url(url);
  if (!parts) return std::nullopt;
  for (std::size_t i = 0; i < locations.size(); ++i) {
    for (const std::string& prefix : fetch_prefixes(locations[i])) {
      const auto key = behind(*parts, prefix);
      auto path = key ? path_in_bag(*key, bag) : std::nullopt;
      if (path) return FetchTarget{std::move(*path), i};
    }
  }
  return std::nullopt;
}

std::string fetch_alias_fault(std::string_view text) {
  if (!text.ends_with('/')) return "must end in a slash";
  if (!split_url(text)) return "must be a URL such as s3://old-bucket/, without query, fragment or user information";
  return {};
}

}  // namespace strongroom

#include "domain/fetch_url.hpp"

#include "base/text.hpp"
#include "domain/bag_path.hpp"
#include "domain/layout.hpp"

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

/// `vK/name`.
bool is_stored_path(std::string_view path) {
  const auto slash = path.find('/');
  if (slash == std::string_view::npos || !Version::parse(path.substr(0, slash))) return false;
  const std::string_view name = path.substr(slash + 1);
  return is_relative_path(name) && !has_control_characters(name);
}

std::string with_slash(std::string text) {
  if (!text.ends_with('/')) text.push_back('/');
  return text;
}

/// The prefixes by which a location can be called, its own URL first.
std::vector<std::string> prefixes_of(const LocationFacts& location) {
  const std::string prefix = percent_encode(location.prefix, "/");
  std::vector<std::string> all = {with_slash(location.url) + prefix};
  if (location.provider == Provider::amazon_s3) all.push_back("s3://" + location.bucket + "/" + prefix);
  if (location.fetch_aliases.empty() && location.provider == Provider::filesystem) {
    all.push_back("s3://" + location.name.str() + "/" + prefix);
  }
  all.insert(all.end(), location.fetch_aliases.begin(), location.fetch_aliases.end());
  return all;
}

}  // namespace

FetchUrls::FetchUrls(const BagId& bag, const std::vector<LocationFacts>& locations) {
  for (std::size_t i = 0; i < locations.size(); ++i) {
    for (const std::string& prefix : prefixes_of(locations[i])) {
      auto parts = split_url(prefix);
      if (!parts) continue;
      prefixes_.push_back(
          {std::move(parts->scheme), std::move(parts->authority), std::move(parts->path) + layout::bag_prefix(bag), i});
    }
  }
}

std::optional<FetchTarget> FetchUrls::find(std::string_view url) const {
  const auto parts = split_url(url);
  if (!parts) return std::nullopt;
  for (const Prefix& prefix : prefixes_) {
    if (prefix.scheme != parts->scheme || prefix.authority != parts->authority) continue;
    if (!parts->path.starts_with(prefix.path)) continue;
    std::string path = parts->path.substr(prefix.path.size());
    if (is_stored_path(path)) return FetchTarget{std::move(path), prefix.location};
  }
  return std::nullopt;
}

std::string fetch_alias_fault(std::string_view text) {
  if (!text.ends_with('/')) return "must end in a slash";
  if (!split_url(text)) return "must be a URL such as s3://old-bucket/, without query, fragment or user information";
  return {};
}

}  // namespace strongroom

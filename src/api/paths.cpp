#include "api/paths.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace strongroom::api {
namespace {

/// Where components end: `/`, and `%2F` in either case.
std::size_t separator_length(std::string_view text) {
  if (text.starts_with('/')) return 1;
  return text.size() >= 3 && text[0] == '%' && text[1] == '2' && (text[2] == 'F' || text[2] == 'f') ? 3 : 0;
}

std::vector<std::string_view> split_components(std::string_view text) {
  std::vector<std::string_view> components;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = separator_length(text.substr(at));
    if (length == 0) {
      ++at;
      continue;
    }
    components.push_back(text.substr(begin, at - begin));
    at += length;
    begin = at;
  }
  components.push_back(text.substr(begin));
  return components;
}

std::optional<std::string> decode_utf8(std::string_view text, bool plus_is_space) {
  auto decoded = percent_decode(text, plus_is_space);
  if (!decoded || !is_utf8(*decoded)) return std::nullopt;
  return decoded;
}

/// Raw components of `text` from `first` up to before `end`, as they stand in it.
std::string_view raw_span(const std::vector<std::string_view>& raw, std::size_t first, std::size_t end) {
  const char* begin = raw[first].data();
  const char* stop = raw[end - 1].data() + raw[end - 1].size();
  return {begin, static_cast<std::size_t>(stop - begin)};
}

std::string joined(const std::vector<std::string>& parts, std::size_t first, std::size_t end) {
  return join({parts.begin() + static_cast<std::ptrdiff_t>(first), parts.begin() + static_cast<std::ptrdiff_t>(end)},
              "/");
}

bool is_sub_resource(std::string_view name) { return name == "versions" || name == "archive" || name == "restore"; }

}  // namespace

std::optional<BagId> BagPath::bag() const {
  auto legal_space = Space::parse(space);
  auto legal_identifier = ExternalIdentifier::parse(identifier);
  if (!legal_space || !legal_identifier) return std::nullopt;
  return BagId{std::move(*legal_space), std::move(*legal_identifier)};
}

std::optional<BagPath> split_bag_path(std::string_view rest) {
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  BagPath path;
  path.raw_space = rest.substr(0, slash);
  auto space = decode_utf8(path.raw_space, false);
  if (!space || space->find('/') != std::string::npos) return std::nullopt;
  path.space = std::move(*space);

  const std::vector<std::string_view> raw = split_components(rest.substr(slash + 1));
  if (raw.size() == 1 && raw.front().empty()) return std::nullopt;
  std::vector<std::string> names;
  for (std::string_view component : raw) {
    auto name = decode_utf8(component, true);
    if (!name) return std::nullopt;
    names.push_back(std::move(*name));
  }
  const std::size_t count = names.size();
  std::size_t identifier_end = count;
  // The first `content` between the first component and the last (1.3, step 3).
  if (count > 2) {
    const auto last = names.end() - 1;
    const auto found = std::find(names.begin() + 1, last, "content");
    if (found != last) {
      identifier_end = static_cast<std::size_t>(found - names.begin());
      path.resource = "content";
      for (std::size_t i = identifier_end + 1; i < count; ++i) {
        if (!path.content_path.empty() || i > identifier_end + 1) path.content_path.push_back('/');
        path.content_path.append(percent_decode(raw[i], false).value_or(""));
      }
    }
  }
  if (path.resource.empty() && count > 1 && is_sub_resource(names.back())) {
    identifier_end = count - 1;
    path.resource = names.back();
  }
  path.identifier = joined(names, 0, identifier_end);
  path.raw_identifier = raw_span(raw, 0, identifier_end);
  return path;
}

std::optional<Captures> match_pattern(std::string_view pattern, std::string_view path) {
  Captures captures;
  const auto wanted = split(pattern, '/');
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::string_view part = wanted[i];
    if (part.ends_with("...}")) {
      if (path.empty()) return std::nullopt;
      captures.emplace_back(part.substr(1, part.size() - 5), path);
      return captures;
    }
    const auto slash = path.find('/');
    const std::string_view component = path.substr(0, slash);
    if ((slash == std::string_view::npos) != (i + 1 == wanted.size())) return std::nullopt;
    if (part.starts_with('{')) {
      if (component.empty()) return std::nullopt;
      captures.emplace_back(part.substr(1, part.size() - 2), component);
    } else if (part != component) {
      return std::nullopt;
    }
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return captures;
}

Target cut_target(std::string_view target) {
  if (!target.starts_with('/')) {
    const auto scheme = target.find("://");
    if (scheme != std::string_view::npos) {
      const auto path = target.find_first_of("/?", scheme + 3);
      target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
    }
  }
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return {target, {}};
  return {target.substr(0, mark), target.substr(mark + 1)};
}

}  // namespace strongroom::api

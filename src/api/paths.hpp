// Reading request paths: which resource is meant, and the names in it (http-api.md 1.1 to 1.3). Pure functions.
// Private to the API; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/identifiers.hpp"

namespace strongroom::api {

/// A path below `/bags/`, split as http-api.md 1.3 has it and in no other way.
struct BagPath {
  std::string space;           ///< decoded
  std::string raw_space;       ///< as sent
  std::string identifier;      ///< decoded, `+` read as a space
  std::string raw_identifier;  ///< as sent
  std::string resource;        ///< empty (the bag itself), `content`, `versions`, `archive`, `restore`
  std::string content_path;    ///< decoded; with `content` only

  /// The bag it names; nothing when space or identifier is illegal.
  [[nodiscard]] std::optional<BagId> bag() const;
  /// `{space}/{identifier}` as sent.
  [[nodiscard]] std::string raw() const { return raw_space + "/" + raw_identifier; }
};

/// `rest` is the raw path after `/bags/`. Nothing: the generic 404 of an unknown route.
[[nodiscard]] std::optional<BagPath> split_bag_path(std::string_view rest);

/// The names a path holds: values by the names in braces of its pattern, raw.
using Captures = std::vector<std::pair<std::string, std::string>>;

/// Matches a raw path with a pattern such as `/ingests/{id}` or `/uploads/{area}/{path...}`: `{x}` is one component
/// that is not empty, `{x...}` everything left, not empty.
[[nodiscard]] std::optional<Captures> match_pattern(std::string_view pattern, std::string_view path);

/// A request target cut into path and query; the scheme and host of an absolute form are dropped (RFC 9112 3.2.2).
struct Target {
  std::string_view path;
  std::string_view query;
};
[[nodiscard]] Target cut_target(std::string_view target);

}  // namespace strongroom::api

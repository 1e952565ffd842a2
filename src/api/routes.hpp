// The route table: every method and path the API knows, with its scope and its function.
//
// A new route is one row. Paths below `/bags/` are split by split_bag_path() and looked up as `/bags/{bag}` followed by
// the sub-resource; all others are matched with match_pattern(). The table is constant; any thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/call.hpp"

namespace strongroom::api {

/// Takes a request body as it arrives. Destroyed without finish(): the request broke off.
class BodyTaker {
 public:
  virtual ~BodyTaker() = default;
  /// A piece; the response when it is known before the rest.
  virtual std::optional<HttpResponse> take(ByteView bytes) = 0;
  virtual HttpResponse finish() = 0;
};

/// Needs no body; one that comes is not read.
using WithoutBody = HttpResponse (*)(Call& call);
/// Gets the body whole, at most ApiConfig::body_max bytes.
struct WithBody {
  HttpResponse (*answer)(Call& call, const std::string& body);
  bool json = true;       ///< any other content type is 415
  bool optional = false;  ///< without a body no content type is asked for
};
/// Takes the body as a stream: called when all checks of the head have been passed, gives the taker or the answer.
using WithStream = std::variant<std::unique_ptr<BodyTaker>, HttpResponse> (*)(Call& call);

/// Where a route can be found besides its place below the base path.
enum class Place : std::uint8_t { below_base, outside_too };

struct Route {
  std::string_view method;
  std::string_view pattern;
  std::string_view scope;  ///< empty: public
  std::variant<WithoutBody, WithBody, WithStream> function;
  std::vector<std::string_view> query = {};  ///< the parameters it knows
  Place place = Place::below_base;
  bool collection = false;  ///< one trailing slash is tolerated
};

[[nodiscard]] std::span<const Route> all_routes();

/// What a path leads to: rows that differ in method only. Empty when there is no such resource.
struct Found {
  std::vector<const Route*> rows;
  Captures captures{};
  std::optional<BagPath> bag_path{};

  /// The row for a method, `HEAD` being served by `GET`.
  [[nodiscard]] const Route* row_for(std::string_view method) const;
  /// `GET, POST`: as descriptions and `Allow` have it.
  [[nodiscard]] std::string methods() const;
};

/// `path` as sent, undecoded.
[[nodiscard]] Found find_route(std::string_view base_path, std::string_view path);

}  // namespace strongroom::api

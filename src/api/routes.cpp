#include "api/routes.hpp"

#include <algorithm>

#include "api/endpoints.hpp"
#include "base/text.hpp"

namespace strongroom::api {
namespace {

constexpr std::string_view kBags = "/bags/";
constexpr std::string_view kBag = "/bags/{bag}";

const std::vector<Route>& table() {
  static const std::vector<Route> kTable = {
      {"POST", "/ingests", "ingests:write", WithBody{create_ingest}, {"dryRun"}, Place::below_base, true},
      {"GET",
       "/ingests",
       "ingests:read",
       list_ingests,
       {"status", "space", "externalIdentifier", "createdAfter", "createdBefore", "limit", "cursor"},
       Place::below_base,
       true},
      {"GET", "/ingests/{id}", "ingests:read", get_ingest},
      {"GET", "/ingests/{id}/report", "ingests:read", get_report},
      {"POST", "/ingests/{id}/retry", "operator", retry_ingest},
      {"GET", "/dry-runs/{id}", "ingests:write", get_dry_run},
      {"GET", "/bags/{bag}", "bags:read", get_bag, {"version"}},
      {"GET", "/bags/{bag}/versions", "bags:read", list_versions, {"before", "limit"}},
      {"GET", "/bags/{bag}/content", "bags:content", get_content, {"version"}},
      {"GET", "/bags/{bag}/archive", "bags:content", get_archive, {"version"}},
      {"POST", "/bags/{bag}/restore", "operator", restore_bag, {"version", "location"}},
      {"GET", "/restores/{id}", "operator", get_restore},
      {"GET", "/events", "events:read", list_events, {"after", "limit", "kind", "space"}, Place::below_base, true},
      {"GET", "/events/stream", "events:read", stream_events, {"after", "kind", "space"}},
      {"POST", "/reindex", "operator", WithBody{.answer = reindex, .optional = true}},
      {"GET",
       "/search",
       "bags:read",
       search,
       {"q", "space", "identifierPrefix", "from", "to", "name", "suffix", "latest", "limit", "cursor"}},
      {"POST", "/subscriptions", "operator", WithBody{create_subscription}},
      {"GET", "/subscriptions", "operator", list_subscriptions},
      {"GET", "/subscriptions/{id}", "operator", get_subscription},
      {"DELETE", "/subscriptions/{id}", "operator", remove_subscription},
      {"POST", "/subscriptions/{id}/retry", "operator", retry_subscription},
      {"GET",
       "/transfers",
       "transfers:read",
       list_transfers,
       {"status", "area", "key", "prefix", "identifier", "transferId", "delayed", "unresolved", "createdAfter",
        "createdBefore", "limit", "cursor"},
       Place::below_base,
       true},
      {"POST", "/transfers/events", "transfers:write", WithBody{take_transfer_events}},
      {"GET", "/transfers/{id}", "transfers:read", get_transfer},
      {"GET", "/transfers/{id}/logs/{result}", "transfers:read", get_transfer_log},
      {"POST", "/transfers/{id}/retry", "operator", WithBody{.answer = retry_transfer, .optional = true}},
      {"POST", "/transfers/{id}/dismiss", "operator", WithBody{dismiss_transfer}},
      {"PUT", "/uploads/{area}/{path...}", "ingests:write", put_upload},
      {"POST", "/oauth2/token", "", WithBody{issue_token, false}, {}, Place::outside_too},
      {"GET", "/context.json", "", get_context},
      {"GET", "/ontology.ttl", "", get_ontology},
      {"GET", "/openapi.json", "", get_openapi},
      {"GET", "/healthz", "", get_health, {}, Place::outside_too},
      {"GET", "/management/healthcheck", "", get_health, {}, Place::outside_too},
      {"GET", "/metrics", "operator", get_metrics, {}, Place::outside_too},
  };
  return kTable;
}

void add_bag_rows(Found& found, std::string_view path) {
  auto bag_path = split_bag_path(path.substr(kBags.size()));
  if (!bag_path) return;
  const std::string pattern = std::string(kBag) + (bag_path->resource.empty() ? "" : "/" + bag_path->resource);
  for (const Route& route : table()) {
    if (route.pattern == pattern) found.rows.push_back(&route);
  }
  found.bag_path = std::move(bag_path);
}

void add_rows(Found& found, std::string_view path, bool below_base) {
  if (below_base && path.starts_with(kBags)) {
    add_bag_rows(found, path);
    return;
  }
  for (const Route& route : table()) {
    if (route.pattern.starts_with(kBags) || (!below_base && route.place != Place::outside_too)) continue;
    const bool tolerated = route.collection && path.size() > 1 && path.ends_with('/');
    auto captures = match_pattern(route.pattern, tolerated ? path.substr(0, path.size() - 1) : path);
    if (!captures) continue;
    found.rows.push_back(&route);
    found.captures = std::move(*captures);
  }
}

}  // namespace

std::span<const Route> all_routes() { return table(); }

Found find_route(std::string_view base_path, std::string_view path) {
  Found found;
  if (path.starts_with(base_path) && path.substr(base_path.size()).starts_with('/')) {
    add_rows(found, path.substr(base_path.size()), true);
  }
  if (found.rows.empty()) add_rows(found, path, false);
  return found;
}

const Route* Found::row_for(std::string_view method) const {
  const std::string_view wanted = method == "HEAD" ? std::string_view("GET") : method;
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Route* route) { return route->method == wanted; });
  return row == rows.end() ? nullptr : *row;
}

std::string Found::methods() const {
  std::vector<std::string> names;
  for (const Route* route : rows) names.emplace_back(route->method);
  std::sort(names.begin(), names.end());
  return join(names, ", ");
}

}  // namespace strongroom::api

// The document of a bag version (http-api.md 5.1).
#include "api/bag_document.hpp"
#include "api/endpoints.hpp"
#include "api/etag.hpp"
#include "api/http_errors.hpp"
#include "api/logged_body.hpp"
#include "api/stored_version.hpp"

namespace strongroom::api {
namespace {

/// The locations as they are for this version now, and how many of them have moved it to their archive tier.
struct LocationsNow {
  std::vector<LocationFacts> facts;
  std::size_t archived = 0;
};

Result<LocationsNow> locations_now(const Service& service, const BagId& bag, const VersionRow& row) {
  LocationsNow now{service.config.locations, 0};
  for (LocationFacts& facts : now.facts) {
    if (!facts.archives) continue;
    TRY(const auto archived, service.needs.catalogue.recall(archived_fact(facts.uuid, bag, row.version)));
    if (!archived) continue;
    facts.tier = AccessTier::archive;
    ++now.archived;
  }
  return now;
}

/// A move to another tier changes the document (CORRECTNESS 5.3).
std::string tag_of(const StoredVersion& stored, const LocationsNow& now) {
  const std::string text = stored.bag->str() + "/" + stored.row->version.str();
  return entity_tag(now.archived == 0 ? text : text + ";" + std::to_string(now.archived));
}

Result<std::shared_ptr<HttpBody>> open_document(const Call& call, const BagId& bag, const VersionRow& row,
                                                std::vector<LocationFacts> locations) {
  const Service& service = call.service;
  TRY(auto description, retrieve::open_description(description_needs(service), bag, row));
  TRY(auto document, BagDocument::open(std::move(description), {service.context_url, row, std::move(locations)}));
  return logged_body(document, call);
}

}  // namespace

HttpResponse get_bag(Call& call) {
  const StoredVersion stored = stored_version(call);
  if (stored.refusal) return *stored.refusal;
  auto now = locations_now(call.service, *stored.bag, *stored.row);
  if (!now) return call.fault(now.error());
  const std::string tag = tag_of(stored, *now);
  HttpResponse response;
  response.headers.emplace_back("ETag", tag);
  if (none_match_names(call.head.headers, tag)) {
    response.status = 304;
    return response;
  }
  auto document = open_document(call, *stored.bag, *stored.row, std::move(now->facts));
  if (!document) return call.fault(document.error());
  response.headers.emplace_back("Content-Type", kJson);
  response.body = std::move(*document);
  return response;
}

}  // namespace strongroom::api

// The document of a bag version (http-api.md 5.1).
#include "api/bag_document.hpp"
#include "api/endpoints.hpp"
#include "api/etag.hpp"
#include "api/http_errors.hpp"
#include "api/large_response.hpp"
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

/// A document is hardly longer than its description: it tells less of each file, and what it tells of the bag and its
/// locations comes to less than this. One of a bag that is odder than that is sent from here, whatever its length.
constexpr std::uint64_t kBesideFilesMax = 64 * limits::kKiB;

Result<std::shared_ptr<HttpBody>> open_document(const Service& service, const BagId& bag, const VersionRow& row,
                                                const std::vector<LocationFacts>& locations) {
  TRY(auto description, retrieve::open_description(description_needs(service), bag, row));
  TRY(auto document, BagDocument::open(std::move(description), {service.context_url, row, locations}));
  return std::shared_ptr<HttpBody>(std::move(document));
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
  const BodyOpener open = [&] { return open_document(call.service, *stored.bag, *stored.row, now->facts); };
  const std::uint64_t at_most = stored.row->registration->description_size + kBesideFilesMax;
  if (auto elsewhere = redirection(call, at_most, open)) return std::move(*elsewhere);
  auto document = open();
  if (!document) return call.fault(document.error());
  response.headers.emplace_back("Content-Type", kJson);
  response.body = logged_body(std::move(*document), call);
  return response;
}

}  // namespace strongroom::api

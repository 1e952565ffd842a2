// Endpoints for bags (http-api.md 5).
#include "api/bag_document.hpp"
#include "api/endpoints.hpp"
#include "api/etag.hpp"
#include "api/http_errors.hpp"
#include "api/logged_body.hpp"
#include "retrieve/description.hpp"
#include "retrieve/versions.hpp"

namespace strongroom::api {
namespace {

HttpResponse no_manifest(const Call& call, const std::string& bag, const std::string& version) {
  return call.fail(404, "Storage manifest " + bag + (version.empty() ? "" : " " + version) + " not found");
}

Result<std::shared_ptr<HttpBody>> open_document(const Call& call, const BagId& bag, const VersionRow& row) {
  const Service& service = call.service;
  const retrieve::DescriptionNeeds needs{service.needs.records, service.needs.locations, service.needs.log};
  TRY(auto description, retrieve::open_description(needs, bag, row));
  TRY(auto document, BagDocument::open(std::move(description), {service.context_url, row, service.config.locations}));
  return logged_body(document, call);
}

}  // namespace

HttpResponse get_bag(Call& call) {
  const BagPath& path = *call.bag_path;
  const std::string version = call.query_text("version");
  const auto bag = path.bag();
  if (!bag) return no_manifest(call, path.raw(), version);
  const auto row = retrieve::find_version(call.service.needs.catalogue, *bag, version);
  if (!row) return call.fault(row.error());
  if (!*row) return no_manifest(call, bag->str(), version);

  const std::string tag = entity_tag(bag->str() + "/" + (*row)->version.str());
  HttpResponse response;
  response.headers.emplace_back("ETag", tag);
  if (none_match_names(call.head.headers, tag)) {
    response.status = 304;
    return response;
  }
  auto document = open_document(call, *bag, **row);
  if (!document) return call.fault(document.error());
  response.headers.emplace_back("Content-Type", kJson);
  response.body = std::move(*document);
  return response;
}

}  // namespace strongroom::api

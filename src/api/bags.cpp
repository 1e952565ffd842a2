// The document of a bag version (http-api.md 5.1).
#include "api/bag_document.hpp"
#include "api/endpoints.hpp"
#include "api/etag.hpp"
#include "api/http_errors.hpp"
#include "api/logged_body.hpp"
#include "api/stored_version.hpp"

namespace strongroom::api {
namespace {

Result<std::shared_ptr<HttpBody>> open_document(const Call& call, const BagId& bag, const VersionRow& row) {
  const Service& service = call.service;
  TRY(auto description, retrieve::open_description(description_needs(service), bag, row));
  TRY(auto document, BagDocument::open(std::move(description), {service.context_url, row, service.config.locations}));
  return logged_body(document, call);
}

}  // namespace

HttpResponse get_bag(Call& call) {
  const StoredVersion stored = stored_version(call);
  if (stored.refusal) return *stored.refusal;
  const std::string tag = entity_tag(stored.bag->str() + "/" + stored.row->version.str());
  HttpResponse response;
  response.headers.emplace_back("ETag", tag);
  if (none_match_names(call.head.headers, tag)) {
    response.status = 304;
    return response;
  }
  auto document = open_document(call, *stored.bag, *stored.row);
  if (!document) return call.fault(document.error());
  response.headers.emplace_back("Content-Type", kJson);
  response.body = std::move(*document);
  return response;
}

}  // namespace strongroom::api

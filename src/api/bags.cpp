// Endpoints for bags (http-api.md 5).
#include "api/bag_document.hpp"
#include "api/endpoints.hpp"
#include "api/etag.hpp"
#include "api/http_errors.hpp"
#include "retrieve/description.hpp"
#include "retrieve/versions.hpp"

namespace strongroom::api {
namespace {

/// Passes a body on; what breaks it off after the first byte goes to the log, since no answer can tell it any more.
class LoggedBody final : public HttpBody {
 public:
  LoggedBody(std::shared_ptr<HttpBody> inner, Log& log, RequestId request_id)
      : inner_(std::move(inner)), log_(log), request_id_(std::move(request_id)) {}

  Result<Pull> pull(std::string& out, std::size_t max) override {
    auto pulled = inner_->pull(out, max);
    if (!pulled) {
      log_.write(LogLevel::error, "http.aborted", {{"requestId", request_id_.str()}, {"error", pulled.error().text()}});
    }
    return pulled;
  }

 private:
  std::shared_ptr<HttpBody> inner_;
  Log& log_;
  RequestId request_id_;
};

/// The bag a path names; nothing when space or identifier is illegal.
std::optional<BagId> bag_of(const BagPath& path) {
  auto space = Space::parse(path.space);
  auto identifier = ExternalIdentifier::parse(path.identifier);
  if (!space || !identifier) return std::nullopt;
  return BagId{std::move(*space), std::move(*identifier)};
}

HttpResponse no_manifest(const Call& call, const std::string& bag, const std::string& version) {
  return call.fail(404, "Storage manifest " + bag + (version.empty() ? "" : " " + version) + " not found");
}

Result<std::shared_ptr<HttpBody>> open_document(const Call& call, const BagId& bag, const VersionRow& row) {
  const Service& service = call.service;
  const retrieve::DescriptionNeeds needs{service.needs.records, service.needs.locations, service.needs.log};
  TRY(auto description, retrieve::open_description(needs, bag, row));
  TRY(auto document, BagDocument::open(std::move(description), {service.context_url, row, service.config.locations}));
  return std::shared_ptr<HttpBody>(std::make_shared<LoggedBody>(document, service.needs.log, call.request_id));
}

}  // namespace

HttpResponse get_bag(Call& call) {
  const BagPath& path = *call.bag_path;
  const std::string version = call.query_text("version");
  const auto bag = bag_of(path);
  if (!bag) return no_manifest(call, path.raw_space + "/" + path.raw_identifier, version);
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

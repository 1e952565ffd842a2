#include "api/stored_version.hpp"

#include "retrieve/versions.hpp"

namespace strongroom::api {
namespace {

HttpResponse no_manifest(const Call& call, const std::string& bag, const std::string& version) {
  return call.fail(404, "Storage manifest " + bag + (version.empty() ? "" : " " + version) + " not found");
}

}  // namespace

StoredVersion stored_version(const Call& call) {
  const std::string version = call.query_text("version");
  StoredVersion stored;
  stored.bag = call.bag_path->bag();
  if (!stored.bag) {
    stored.refusal = no_manifest(call, call.bag_path->raw(), version);
    return stored;
  }
  auto row = retrieve::find_version(call.service.needs.catalogue, *stored.bag, version);
  if (!row) {
    stored.refusal = call.fault(row.error());
  } else if (!*row) {
    stored.refusal = no_manifest(call, stored.bag->str(), version);
  } else {
    stored.row = std::move(*row);
  }
  return stored;
}

retrieve::DescriptionNeeds description_needs(const Service& service) {
  return {service.needs.records, service.needs.locations, service.needs.log};
}

}  // namespace strongroom::api

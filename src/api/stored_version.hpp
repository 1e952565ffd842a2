// The stored version a request below `/bags/` is about (http-api.md 5.1): what is asked of it differs, how it is found
// does not.
// Private to the API; any thread.
#pragma once

#include <optional>

#include "api/call.hpp"
#include "domain/version_row.hpp"
#include "retrieve/description.hpp"

namespace strongroom::api {

struct StoredVersion {
  std::optional<HttpResponse> refusal;  ///< 404 or 500; else the others are there
  std::optional<BagId> bag;
  std::optional<VersionRow> row;
};

/// The version that the query names, or the newest one.
[[nodiscard]] StoredVersion stored_version(const Call& call);

[[nodiscard]] retrieve::DescriptionNeeds description_needs(const Service& service);

}  // namespace strongroom::api

// Looking up registered versions of a bag (http-api.md 5.1).
// Called by the API; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "domain/version_row.hpp"
#include "ports/catalogue.hpp"

namespace strongroom::retrieve {

/// The registered version with this text, or the newest one when `version` is empty. Nothing when there is none, or
/// when the text is not a version at all. Any thread.
Result<std::optional<VersionRow>> find_version(Catalogue& catalogue, const BagId& bag, std::string_view version);

}  // namespace strongroom::retrieve

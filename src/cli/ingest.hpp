// `strongroom ingest`: uploads a bag to a running service, asks for it to be stored, and follows what happens.
//
// Speaks to the service by its public API only. Asking is safe against broken connections: it carries an
// Idempotency-Key and is repeated, and makes one ingest however often it arrives (http-api.md 4.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cli/command_tree.hpp"

namespace strongroom::cli {

/// Where a package lies, as a request names it.
struct SourceName {
  std::string provider;
  std::string bucket;
  std::string path;
};
/// Reads `filesystem:uploads/2024/b1.tar.gz`; rejected for another form. Whether there is such a source is the
/// service's to say.
[[nodiscard]] Result<SourceName> parse_source(std::string_view text);

[[nodiscard]] Command ingest_command();

}  // namespace strongroom::cli

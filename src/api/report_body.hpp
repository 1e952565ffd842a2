// The document of a verification report (http-api.md 4.7), a piece at a time: of an ingest, or of a dry run.
// Private to the API; a body belongs to one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/report_stages.hpp"
#include "base/bytes.hpp"
#include "ports/http.hpp"

namespace strongroom::api {

/// What a report is made of.
struct ReportParts {
  std::string context_url;
  std::string id;
  Status status = Status::accepted;
  std::string more{};  ///< members of the document behind its counts, with their leading comma
  std::vector<ReportStage> stages;
  /// Opens the findings of a stage: JSON Lines, problems first.
  std::function<Result<std::unique_ptr<ByteSource>>(const ReportStage&)> findings;
  /// Writes the members behind the stages, with their leading comma.
  std::function<Result<void>(std::string&)> ending;
};

[[nodiscard]] std::shared_ptr<HttpBody> report_body(ReportParts parts);

}  // namespace strongroom::api

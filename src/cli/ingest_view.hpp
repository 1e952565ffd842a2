// What the command line reads of the service's JSON documents: an ingest, an error, a token.
//
// Pure functions; a document of another shape gives nothing. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strongroom::cli {

struct EventView {
  std::string created;
  std::string description;
};

struct ProgressView {
  std::string step;
  std::uint64_t bytes_done = 0;
  std::optional<std::uint64_t> bytes_total;
};

struct IngestView {
  std::string id;
  std::string status;
  std::string bag;
  std::string version;  ///< empty until assigned
  std::vector<EventView> events;
  std::vector<ProgressView> progress;

  [[nodiscard]] bool has_ended() const { return status == "succeeded" || status == "failed"; }
};

[[nodiscard]] std::optional<IngestView> read_ingest(std::string_view json);
/// `label: description` of an error document, or `error_description` of the token endpoint's; empty for another text.
[[nodiscard]] std::string read_error(std::string_view json);
[[nodiscard]] std::optional<std::string> read_token(std::string_view json);

}  // namespace strongroom::cli

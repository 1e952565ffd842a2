// What the command line reads of the service's JSON documents: an ingest, a list of them, an error, a token.
//
// Pure functions; a document of another shape gives nothing. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "cli/json_tree.hpp"
#include "cli/progress_line.hpp"

namespace strongroom::cli {

struct EventView {
  std::string created;
  std::string description;
};

struct ProgressView {
  std::string step;
  Amount amount;
};

struct IngestView {
  std::string id;
  std::string status;
  bool retrying = false;  ///< an operator's retry of a failed ingest runs
  std::string kind;       ///< `create`, `update`
  std::string bag;
  std::string version;  ///< empty until assigned
  std::string source;   ///< `filesystem:uploads/b1.tar.gz`
  std::string callback;
  std::string callback_status;
  std::string created;
  std::string modified;  ///< empty while there is no event
  std::vector<EventView> events;
  std::vector<ProgressView> progress;

  [[nodiscard]] bool has_ended() const { return (status == "succeeded" || status == "failed") && !retrying; }
  /// When something last happened; nothing when the document's times are not ones.
  [[nodiscard]] std::optional<Instant> moved() const;
  /// The last event says that a step is being tried again.
  [[nodiscard]] bool is_troubled() const;
};

/// The steps that a document shows as running.
[[nodiscard]] std::vector<ProgressView> read_progress(const JsonTree& document);
[[nodiscard]] std::optional<IngestView> read_ingest(std::string_view json);
[[nodiscard]] std::optional<IngestView> read_ingest(const JsonTree& document);

/// One page of `GET /ingests`.
struct IngestPage {
  std::string context;
  std::vector<IngestView> items;
  std::vector<std::string> documents;  ///< the same, as JSON
  std::string next;                    ///< the query of the next page; empty on the last one
};
[[nodiscard]] std::optional<IngestPage> read_ingest_page(std::string_view json);

/// `label: description` of an error document, or `error_description` of the token endpoint's; empty for another text.
[[nodiscard]] std::string read_error(std::string_view json);
[[nodiscard]] std::optional<std::string> read_token(std::string_view json);

}  // namespace strongroom::cli

#include "cli/ingest_view.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace strongroom::cli {
namespace {

std::string source_of(const JsonTree& location) {
  const std::string provider = location.at("provider").text("id");
  return provider.empty() ? "" : provider + ":" + location.text("bucket") + "/" + location.text("path");
}

}  // namespace

std::optional<Instant> IngestView::moved() const { return parse_instant(modified.empty() ? created : modified); }

bool IngestView::is_troubled() const {
  if (events.empty()) return false;
  // `{Step name} retrying` or `{Step name} retrying - {reason}` (domain-rules.md 4.1); a step name has no dash with
  // blanks.
  const std::string_view text = std::string_view(events.back().description);
  return text.substr(0, text.find(" - ")).ends_with(" retrying");
}

std::vector<ProgressView> read_progress(const JsonTree& document) {
  std::vector<ProgressView> steps;
  for (const JsonTree& step : document.list("progress")) {
    if (step.kind() != JsonTree::Kind::object) continue;
    steps.push_back({step.text("step"),
                     {step.number("bytesDone").value_or(0), step.number("bytesTotal"), step.number("bytesPerSecond"),
                      step.number("secondsLeft")}});
  }
  return steps;
}

std::optional<IngestView> read_ingest(const JsonTree& document) {
  if (document.text("type") != "Ingest") return std::nullopt;
  IngestView view;
  view.id = document.text("id");
  view.status = document.at("status").text("id");
  view.retrying = document.is_true("retrying");
  view.kind = document.at("ingestType").text("id");
  view.bag = document.at("bag").text("id");
  view.version = document.at("bag").text("version");
  view.source = source_of(document.at("sourceLocation"));
  view.callback = document.at("callback").text("url");
  view.callback_status = document.at("callback").at("status").text("id");
  view.created = document.text("createdDate");
  view.modified = document.text("lastModifiedDate");
  for (const JsonTree& event : document.list("events")) {
    if (event.kind() != JsonTree::Kind::object) continue;
    view.events.push_back({event.text("createdDate"), event.text("description")});
  }
  view.progress = read_progress(document);
  if (view.id.empty() || view.status.empty()) return std::nullopt;
  return view;
}

std::optional<IngestView> read_ingest(std::string_view text) {
  const std::optional<JsonTree> document = JsonTree::parse(text);
  return document ? read_ingest(*document) : std::nullopt;
}

std::optional<IngestPage> read_ingest_page(std::string_view text) {
  const std::optional<JsonTree> document = JsonTree::parse(text);
  if (!document || document->text("type") != "ResultList") return std::nullopt;
  IngestPage page;
  page.context = document->text("@context");
  for (const JsonTree& item : document->list("results")) {
    std::optional<IngestView> view = read_ingest(item);
    if (!view) return std::nullopt;
    page.items.push_back(std::move(*view));
    page.documents.push_back(item.json());
  }
  const std::string next = document->text("next");
  const std::size_t query = next.find('?');
  if (query != std::string::npos) page.next = next.substr(query + 1);
  return page;
}

std::string read_error(std::string_view text) {
  const std::optional<JsonTree> document = JsonTree::parse(text);
  if (!document) return {};
  const std::string told = document->text("error_description");
  if (!told.empty()) return told;
  const std::string label = document->text("label");
  const std::string description = document->text("description");
  return description.empty() || label.empty() ? label + description : label + ": " + description;
}

std::optional<std::string> read_token(std::string_view text) {
  const std::optional<JsonTree> document = JsonTree::parse(text);
  std::string token = document ? document->text("access_token") : "";
  if (token.empty()) return std::nullopt;
  return token;
}

}  // namespace strongroom::cli

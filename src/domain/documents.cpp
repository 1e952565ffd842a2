#include "domain/documents.hpp"

#include <algorithm>

#include "domain/callback_url.hpp"

namespace strongroom {
namespace {

void write_code(JsonWriter& writer, std::string_view name, std::string_view id, std::string_view type) {
  writer.key(name).begin_object().member("id", id).member("type", type).end_object();
}

void write_bag(JsonWriter& writer, const Ingest& ingest) {
  const BagId& bag = ingest.request.bag;
  writer.key("bag").begin_object().member("id", bag.str()).member("type", "Bag");
  writer.key("info").begin_object().member("externalIdentifier", bag.external_identifier.str());
  if (ingest.version) writer.member("version", ingest.version->str());
  writer.member("type", "BagInfo").end_object();
  if (ingest.version) writer.member("version", ingest.version->str());
  writer.end_object();
}

void write_callback(JsonWriter& writer, const Callback& callback, Reader reader) {
  writer.key("callback").begin_object().member("type", "Callback");
  writer.member("url", reader == Reader::creator ? callback.url : masked_callback_url(callback.url));
  write_code(writer, "status", name_of(callback.status), "Status");
  writer.end_object();
}

void add_rate(StepProgress& one, Duration elapsed) {
  if (elapsed < std::chrono::seconds(1) || one.progress.bytes_done == 0) return;
  const double seconds = std::chrono::duration<double>(elapsed).count();
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(one.progress.bytes_done) / seconds);
  if (rate == 0) return;
  one.bytes_per_second = rate;
  if (one.progress.bytes_total < one.progress.bytes_done) return;
  // Rounded up: a step with bytes left is never shown as if it were over.
  one.seconds_left = (one.progress.bytes_total - one.progress.bytes_done + rate - 1) / rate;
}

}  // namespace

std::string_view label_of_location(const StepKey& key, const std::vector<LocationFacts>& locations) {
  if (!key.location) return {};
  const auto found = std::find_if(locations.begin(), locations.end(),
                                  [&](const LocationFacts& facts) { return facts.name == *key.location; });
  return found == locations.end() ? std::string_view(key.location->str()) : std::string_view(found->label);
}

std::vector<StepProgress> progress_of(const std::vector<StepRecord>& steps, const std::vector<LocationFacts>& locations,
                                      Instant now) {
  std::vector<StepProgress> list;
  for (const StepRecord& step : steps) {
    if (step.state != StepState::running) continue;
    StepProgress one{step_name(step.key.step, label_of_location(step.key, locations)), step.progress, std::nullopt,
                     std::nullopt};
    if (step.attempts == 1) add_rate(one, now - step.started);
    list.push_back(std::move(one));
  }
  return list;
}

std::string ingest_document(const IngestDocument& document) {
  const Ingest& ingest = document.ingest;
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  if (!document.context_url.empty()) writer.member("@context", document.context_url);
  writer.member("id", ingest.id.str()).member("type", "Ingest");
  write_code(writer, "ingestType", name_of(ingest.request.type), "IngestType");
  write_code(writer, "space", ingest.request.bag.space.str(), "Space");
  write_bag(writer, ingest);
  write_code(writer, "status", name_of(ingest.status), "Status");
  writer.key("sourceLocation");
  write_source_location(writer, ingest.request.source);
  if (ingest.callback) write_callback(writer, *ingest.callback, document.reader);
  writer.key("events").begin_array();
  for (const IngestEvent& event : document.events) {
    writer.begin_object().member("type", "IngestEvent").member("createdDate", format_instant(event.created));
    writer.member("description", event.description).end_object();
  }
  writer.end_array().member("createdDate", format_instant(ingest.created));
  if (ingest.last_modified) writer.member("lastModifiedDate", format_instant(*ingest.last_modified));
  if (ingest.retrying) writer.member("retrying", true);
  if (ingest.has_work() && !document.progress.empty()) write_progress(writer, document.progress);
  writer.end_object();
  return text;
}

std::string bag_resource(const BagId& bag) {
  return "/bags/" + percent_encode(bag.space.str(), "") + "/" + percent_encode(bag.external_identifier.str(), "/");
}

void write_progress(JsonWriter& writer, const std::vector<StepProgress>& list) {
  writer.key("progress").begin_array();
  for (const StepProgress& one : list) {
    writer.begin_object().member("type", "Progress").member("step", one.step);
    writer.member("bytesDone", one.progress.bytes_done);
    if (one.progress.bytes_total > 0) writer.member("bytesTotal", one.progress.bytes_total);
    writer.member("filesDone", one.progress.files_done);
    if (one.progress.files_total > 0) writer.member("filesTotal", one.progress.files_total);
    if (one.bytes_per_second) writer.member("bytesPerSecond", *one.bytes_per_second);
    if (one.seconds_left) writer.member("secondsLeft", *one.seconds_left);
    writer.end_object();
  }
  writer.end_array();
}

std::string registered_bag_body(const BagId& bag, Version version) {
  std::string json;
  JsonWriter(json)
      .begin_object()
      .member("space", bag.space.str())
      .member("externalIdentifier", bag.external_identifier.str())
      .member("version", version.str())
      .member("type", "RegisteredBagNotification")
      .end_object();
  return json;
}

void write_source_location(JsonWriter& writer, const SourceLocation& source) {
  writer.begin_object().member("type", "Location");
  write_code(writer, "provider", name_of(source.provider), "Provider");
  writer.member("bucket", source.bucket).member("path", source.path).end_object();
}

}  // namespace strongroom

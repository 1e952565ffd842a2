#include "events/index_documents.hpp"

#include <chrono>

#include "base/check.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "domain/documents.hpp"
#include "ports/search_index.hpp"

namespace strongroom::events {
namespace {

constexpr std::string_view kIngests =
#include "events/index_ingests.inc"
    ;
constexpr std::string_view kBags =
#include "events/index_bags.inc"
    ;
constexpr std::string_view kFiles =
#include "events/index_files.inc"
    ;

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kInfoMembers = {{
    {"payloadOxum", "Payload-Oxum"},
    {"baggingDate", "Bagging-Date"},
    {"sourceOrganisation", "Source-Organization"},
    {"externalDescription", "External-Description"},
    {"internalSenderIdentifier", "Internal-Sender-Identifier"},
    {"internalSenderDescription", "Internal-Sender-Description"},
}};

std::int64_t milliseconds(Instant instant) {
  return std::chrono::floor<std::chrono::milliseconds>(instant.time_since_epoch()).count();
}

void write_location(JsonWriter& writer, const VersionLocation& location) {
  writer.begin_object().member("provider", name_of(location.provider)).member("bucket", location.bucket);
  writer.member("path", location.path).end_object();
}

/// The location's own URL; of one that is no longer configured, what its provider and its bucket give.
std::string url_of(const VersionLocation& location, const std::string& path) {
  if (!location.url.empty()) return location.url + "/" + percent_encode(path, "/");
  return SourceLocation{location.provider, location.bucket, percent_encode(location.path + "/" + path, "/")}.text();
}

}  // namespace

const std::array<IndexDefinition, 3>& index_definitions() {
  static constexpr std::array<IndexDefinition, 3> kAll = {{{"ingests", kIngests}, {"bags", kBags}, {"files", kFiles}}};
  return kAll;
}

std::string index_name(std::string_view prefix, std::string_view suffix) {
  return std::string(prefix) + "_" + std::string(suffix);
}

IndexDocument ingest_index_document(std::string_view prefix, const IngestThen& then) {
  const Ingest& ingest = then.ingest;
  std::vector<std::string> failures;
  for (const IngestEvent& event : then.events) {
    if (event.description.find("failed") != std::string::npos) failures.push_back(event.description);
  }
  std::string text = ingest_document({.ingest = ingest, .events = then.events, .reader = Reader::other});
  if (!failures.empty()) {
    text.pop_back();
    text += ",\"failureDescriptions\":";
    append_json_string(text, join(failures, ", "));
    text += "}";
  }
  return {{index_name(prefix, "ingests"), ingest.id.str()},
          milliseconds(ingest.last_modified.value_or(ingest.created)),
          std::move(text)};
}

IndexDocument bag_index_document(std::string_view prefix, const IndexedBag& bag) {
  CHECK(!bag.locations.empty());
  const DescriptionHead& head = bag.head;
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("id", head.bag.str()).member("space", head.bag.space.str());
  writer.member("version", head.version.number()).member("createdDate", format_instant(bag.created));
  writer.key("info").begin_object().member("externalIdentifier", head.bag.external_identifier.str());
  for (const auto& [member, label] : kInfoMembers) {
    if (const auto value = head.info.find(label)) writer.member(member, *value);
  }
  writer.end_object();
  write_location(writer.key("location"), bag.locations.front());
  writer.key("replicaLocations").begin_array();
  for (std::size_t i = 1; i < bag.locations.size(); ++i) write_location(writer, bag.locations[i]);
  writer.end_array().member("filesCount", bag.file_count).member("filesTotalSize", bag.byte_count).end_object();
  return {{index_name(prefix, "bags"), head.bag.str()}, head.version.number(), std::move(text)};
}

IndexDocument file_index_document(std::string_view prefix, const IndexedBag& bag, const DescribedFile& file) {
  CHECK(!bag.locations.empty());
  const VersionLocation& primary = bag.locations.front();
  const Digest* checksum = file.checksum(shown_payload_algorithm(bag.head));
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("space", bag.head.bag.space.str());
  writer.member("externalIdentifier", bag.head.bag.external_identifier.str());
  writer.key("location").begin_object().member("bucket", primary.bucket);
  writer.member("key", primary.path + "/" + file.path).end_object();
  writer.member("name", file.name);
  if (const std::string suffix = suffix_of(file.name); !suffix.empty()) writer.member("suffix", suffix);
  writer.member("size", file.size);
  if (checksum != nullptr) {
    writer.key("checksum").begin_object().member("algorithm", name_of(checksum->algorithm()));
    writer.member("value", checksum->hex()).end_object();
  }
  writer.member("createdDate", format_instant(bag.created)).end_object();
  return {{index_name(prefix, "files"), url_of(primary, file.path)}, milliseconds(bag.created), std::move(text)};
}

}  // namespace strongroom::events

#include "api/bag_document.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "domain/version_locations.hpp"

namespace strongroom::api {
namespace {

/// A pull gives about this much, whatever it is offered.
constexpr std::size_t kPieceMax = 64 << 10;

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kInfoMembers = {{
    {"externalDescription", "External-Description"},
    {"internalSenderIdentifier", "Internal-Sender-Identifier"},
    {"internalSenderDescription", "Internal-Sender-Description"},
    {"sourceOrganisation", "Source-Organization"},
    {"sourceOrganization", "Source-Organization"},
    {"payloadOxum", "Payload-Oxum"},
    {"baggingDate", "Bagging-Date"},
}};

Error corrupt(std::string what) { return broken("a stored description " + std::move(what), {}, Reason::corrupt); }

void write_location(JsonWriter& writer, const VersionLocation& location) {
  writer.begin_object().member("type", "Location").key("provider").begin_object();
  writer.member("id", name_of(location.provider)).member("type", "Provider");
  writer.member("label", label_of(location.provider)).end_object();
  writer.member("bucket", location.bucket).member("path", location.path);
  if (location.tier) writer.member("url", location.url).member("accessTier", name_of(*location.tier));
  writer.end_object();
}

void open_manifest(JsonWriter& writer, std::string_view name, Algorithm algorithm) {
  writer.key(name).begin_object().member("type", "BagManifest").member("checksumAlgorithm", name_of(algorithm));
  writer.key("files").begin_array();
}

}  // namespace

BagDocument::BagDocument(std::unique_ptr<ByteSource> description, BagDocumentFacts facts)
    : description_(std::move(description)), reader_(*description_), facts_(std::move(facts)) {
  CHECK(facts_.row.registration.has_value());
}

Result<std::shared_ptr<BagDocument>> BagDocument::open(std::unique_ptr<ByteSource> description,
                                                       BagDocumentFacts facts) {
  std::shared_ptr<BagDocument> document(new BagDocument(std::move(description), std::move(facts)));
  TRY_VOID(document->read_head());
  return document;
}

Result<void> BagDocument::read_head() {
  TRY(const DescriptionHead head, reader_.head());
  if (head.version != facts_.row.version) return corrupt("is that of another version");
  bag_path_ = head.bag.str();
  payload_algorithm_ = shown_payload_algorithm(head);
  const auto strongest = shown_tag_algorithm(head);
  if (!strongest) return corrupt("names no tag manifest");
  tag_algorithm_ = *strongest;

  JsonWriter writer(head_);
  writer.begin_object().member("@context", facts_.context_url).member("type", "Bag").member("id", bag_path_);
  writer.key("space").begin_object().member("id", head.bag.space.str()).member("type", "Space").end_object();
  writer.key("info").begin_object().member("type", "BagInfo");
  writer.member("externalIdentifier", head.bag.external_identifier.str());
  for (const auto& [member, label] : kInfoMembers) {
    if (const auto value = head.info.find(label)) writer.member(member, *value);
  }
  writer.end_object();
  open_manifest(writer, "manifest", payload_algorithm_);

  JsonWriter tag_writer(tag_opening_);
  open_manifest(tag_writer, "tagManifest", tag_algorithm_);
  return {};
}

Result<Pull> BagDocument::pull(std::string& out, std::size_t max) {
  if (part_ == Part::end) return Pull::end;
  const std::size_t enough = out.size() + std::min(max, kPieceMax);
  do {
    TRY_VOID(step(out));
  } while (part_ != Part::end && out.size() < enough);
  return Pull::bytes;
}

Result<void> BagDocument::step(std::string& out) {
  if (part_ == Part::head) {
    out.append(std::exchange(head_, {}));
    part_ = Part::payload;
    return {};
  }
  const bool payload = part_ == Part::payload;
  TRY(const DescribedFile* file, payload ? reader_.next_file() : reader_.next_tag_file());
  if (file != nullptr) return write_file(out, *file, payload ? payload_algorithm_ : tag_algorithm_);
  if (!payload) return write_end(out);
  out.append("]},").append(std::exchange(tag_opening_, {}));
  first_file_ = true;
  part_ = Part::tags;
  return {};
}

Result<void> BagDocument::write_file(std::string& out, const DescribedFile& file, Algorithm algorithm) {
  const Digest* checksum = file.checksum(algorithm);
  // A tag manifest is listed nowhere: where nobody has taken the digest in question, none is told rather than another.
  if (checksum == nullptr && !file.name.starts_with("tagmanifest-")) {
    return corrupt("has no " + std::string(name_of(algorithm)) + " of \"" + file.name + "\"");
  }
  if (!std::exchange(first_file_, false)) out.push_back(',');
  JsonWriter writer(out);
  writer.begin_object().member("type", "File").member("name", file.name).member("path", file.path);
  writer.member("size", file.size);
  if (checksum != nullptr) writer.member("checksum", checksum->hex());
  writer.end_object();
  return {};
}

Result<void> BagDocument::write_end(std::string& out) {
  // The tail is the description's last line: reading it reads to the end, where the digest is checked.
  TRY(const DescriptionTail tail, reader_.tail());
  const std::vector<VersionLocation> locations =
      version_locations(bag_path_, facts_.row.registration->location_uuids, facts_.locations, tail.locations);
  if (locations.empty()) return corrupt("is of a version without a location");
  out.append("]},");
  JsonWriter writer(out);
  write_location(writer.key("location"), locations.front());
  writer.key("replicaLocations").begin_array();
  for (std::size_t i = 1; i < locations.size(); ++i) write_location(writer, locations[i]);
  writer.end_array().member("createdDate", format_instant(facts_.row.registration->created));
  writer.member("version", facts_.row.version.str()).end_object();
  part_ = Part::end;
  return {};
}

}  // namespace strongroom::api

#include "domain/description.hpp"

#include <algorithm>
#include <array>

#include "base/json_text.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "domain/json_members.hpp"

namespace strongroom {
namespace {

constexpr int kSchema = 1;
constexpr std::string_view kBeginOfFiles = "\"files\":[";
constexpr std::string_view kBeginOfTagFiles = "\"tagFiles\":[";
constexpr std::string_view kEndOfList = "],";
constexpr std::size_t kFlushAt = 64 << 10;
/// The head holds bag-info whole. A control character takes six bytes as JSON, and the organisation stands there three
/// times; an empty-looking field of three bytes takes 26. Only what this program cannot have written is longer.
constexpr std::size_t kLineMax = 20 * limits::kBagInfoMax;

/// The known fields in their order, with the member each becomes (http-api.md 5.1).
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kKnownFields = {{
    {"externalIdentifier", "External-Identifier"},
    {"externalDescription", "External-Description"},
    {"internalSenderIdentifier", "Internal-Sender-Identifier"},
    {"internalSenderDescription", "Internal-Sender-Description"},
    {"sourceOrganisation", "Source-Organization"},
    {"sourceOrganization", "Source-Organization"},
    {"payloadOxum", "Payload-Oxum"},
    {"baggingDate", "Bagging-Date"},
}};

/// Strongest first (http-api.md 5.1).
constexpr std::array kTagOrder = {Algorithm::sha512,   Algorithm::sha3_512, Algorithm::sha384, Algorithm::sha256,
                                  Algorithm::sha3_256, Algorithm::sha224,   Algorithm::sha1,   Algorithm::md5};

bool has(const std::vector<Algorithm>& algorithms, Algorithm wanted) {
  return std::find(algorithms.begin(), algorithms.end(), wanted) != algorithms.end();
}

Error corrupt(std::string what) { return broken("a stored description " + std::move(what), {}, Reason::corrupt); }

void write_provider(JsonWriter& writer, Provider provider) {
  writer.key("provider").begin_object().member("id", name_of(provider)).member("type", "Provider").end_object();
}

void write_algorithms(JsonWriter& writer, std::string_view name, const std::vector<Algorithm>& algorithms) {
  writer.key(name).begin_array();
  for (Algorithm algorithm : algorithms) writer.text(name_of(algorithm));
  writer.end_array();
}

std::string head_text(const DescriptionHead& head) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.member("@context", head.context_url).member("type", "StoredBag").member("schema", kSchema);
  writer.member("id", head.bag.str()).member("space", head.bag.space.str());
  writer.member("externalIdentifier", head.bag.external_identifier.str()).member("version", head.version.str());
  writer.member("createdDate", format_instant(head.created)).member("ingestId", head.ingest.str());
  writer.member("ingestType", name_of(head.ingest_type)).member("ingestDate", format_instant(head.ingest_created));
  writer.key("info").raw(encode_bag_info(head.info));
  writer.member("bagItVersion", head.bagit_version);
  write_algorithms(writer, "payloadManifests", head.payload_manifests);
  write_algorithms(writer, "tagManifests", head.tag_manifests);
  return text;
}

std::string file_text(const DescribedFile& file) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("type", "File").member("name", file.name).member("path", file.path);
  writer.member("size", file.size).key("checksums").begin_object();
  for (Algorithm algorithm : kAlgorithms) {
    if (const Digest* digest = file.checksum(algorithm)) writer.member(name_of(algorithm), digest->hex());
  }
  writer.end_object().end_object();
  return text;
}

std::string tail_text(const DescriptionTail& tail) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().key("locations").begin_array();
  for (const DescribedLocation& location : tail.locations) {
    writer.begin_object().member("type", "Location").member("label", location.label);
    write_provider(writer, location.provider);
    writer.member("bucket", location.bucket).member("prefix", location.prefix);
    writer.member("role", name_of(location.role)).member("uuid", location.uuid).member("verify", location.verify);
    writer.member("verifiedDate", format_instant(location.verified)).end_object();
  }
  writer.end_array().member("fileCount", tail.file_count).member("byteCount", tail.byte_count);
  writer.member("ownFileCount", tail.own_file_count).member("ownByteCount", tail.own_byte_count);
  writer.key("source").begin_object().member("type", "Location");
  write_provider(writer, tail.source.provider);
  writer.member("bucket", tail.source.bucket).member("path", tail.source.path);
  writer.member("size", tail.source_size).end_object();
  writer.member("requestedBy", tail.requested_by.str()).key("events").begin_array();
  for (const IngestEvent& event : tail.events) {
    writer.begin_object().member("type", "IngestEvent").member("createdDate", format_instant(event.created));
    writer.member("description", event.description).end_object();
  }
  writer.end_array().end_object();
  return text;
}

/// `vK/` and something after it.
bool is_file_path(std::string_view path) {
  const auto slash = path.find('/');
  return slash != std::string_view::npos && slash + 1 < path.size() && Version::parse(path.substr(0, slash));
}

Result<std::vector<Algorithm>> read_algorithms(const JsonMembers& members, std::string_view name) {
  TRY(const std::vector<std::string> names, members.texts(name));
  std::vector<Algorithm> algorithms;
  for (const std::string& text : names) {
    const auto algorithm = parse_algorithm(text);
    if (!algorithm) return corrupt("names the unknown algorithm \"" + text + "\"");
    algorithms.push_back(*algorithm);
  }
  return algorithms;
}

Result<Provider> read_provider(const JsonMembers& members) {
  TRY(const JsonMembers provider, members.object("provider"));
  TRY_VOID(provider.expect("type", "Provider"));
  TRY(const std::string id, provider.text("id"));
  const auto known = parse_provider(id);
  if (!known || name_of(*known) != id) return corrupt("names the unknown provider \"" + id + "\"");
  return *known;
}

Result<BagInfo> read_bag_info(const JsonMembers& members) {
  TRY_VOID(members.expect("type", "BagInfo"));
  TRY(const std::vector<JsonMembers> fields, members.objects("fields"));
  BagInfo info;
  info.fields.reserve(fields.size());
  for (const JsonMembers& field : fields) {
    TRY(std::string label, field.text("label"));
    TRY(std::string value, field.text("value"));
    info.fields.emplace_back(std::move(label), std::move(value));
  }
  for (const auto& [member, label] : kKnownFields) {
    const auto value = info.find(label);
    if (value ? !members.expect(member, *value) : members.has(member)) {
      return corrupt("has a member \"" + std::string(member) + "\" that is not what its fields say");
    }
  }
  return info;
}

Result<BagId> read_bag_id(const JsonMembers& members) {
  TRY(const std::string space_text, members.text("space"));
  TRY(const std::string identifier_text, members.text("externalIdentifier"));
  auto space = Space::parse(space_text);
  auto identifier = ExternalIdentifier::parse(identifier_text);
  if (!space || !identifier) return corrupt("has an illegal space or external identifier");
  BagId bag{std::move(*space), std::move(*identifier)};
  TRY_VOID(members.expect("id", bag.str()));
  return bag;
}

Result<DescriptionHead> read_head(const JsonMembers& members) {
  TRY(std::string context_url, members.text("@context"));
  TRY_VOID(members.expect("type", "StoredBag"));
  TRY(const std::uint64_t schema, members.number("schema"));
  if (schema != kSchema) return corrupt("has the unknown schema " + std::to_string(schema));
  TRY(BagId bag, read_bag_id(members));
  TRY(const std::string version_text, members.text("version"));
  TRY(const Instant created, members.instant("createdDate"));
  TRY(const std::string ingest_text, members.text("ingestId"));
  TRY(const std::string type_text, members.text("ingestType"));
  TRY(const Instant ingest_created, members.instant("ingestDate"));
  const auto version = Version::parse(version_text);
  const auto ingest = IngestId::parse(ingest_text);
  const auto type = parse_ingest_type(type_text);
  if (!version || !ingest || !type) return corrupt("has an illegal version, ingest id or ingest type");
  TRY(const JsonMembers info_members, members.object("info"));
  TRY(BagInfo info, read_bag_info(info_members));
  TRY(std::string bagit_version, members.text("bagItVersion"));
  TRY(std::vector<Algorithm> payload_manifests, read_algorithms(members, "payloadManifests"));
  TRY(std::vector<Algorithm> tag_manifests, read_algorithms(members, "tagManifests"));
  return DescriptionHead{std::move(context_url),
                         std::move(bag),
                         *version,
                         created,
                         *ingest,
                         *type,
                         ingest_created,
                         std::move(info),
                         std::move(bagit_version),
                         std::move(payload_manifests),
                         std::move(tag_manifests)};
}

Result<DescribedFile> read_file(std::string_view text) {
  TRY(const JsonMembers members, JsonMembers::parse(text));
  TRY_VOID(members.expect("type", "File"));
  DescribedFile file;
  TRY(file.name, members.text("name"));
  TRY(file.path, members.text("path"));
  TRY(file.size, members.number("size"));
  TRY(const JsonMembers checksums, members.object("checksums"));
  TRY(const auto pairs, checksums.all_texts());
  for (const auto& [name, hex] : pairs) {
    const auto algorithm = parse_algorithm(name);
    const auto digest = algorithm ? Digest::from_hex(*algorithm, hex) : std::nullopt;
    if (!digest) return corrupt("has an illegal checksum of \"" + file.name + "\"");
    file.checksums.push_back(*digest);
  }
  if (file.checksum(Algorithm::sha256) == nullptr) return corrupt("has no sha256 of \"" + file.name + "\"");
  if (!is_file_path(file.path)) return corrupt("has an illegal path of \"" + file.name + "\"");
  return file;
}

Result<DescribedLocation> read_location(const JsonMembers& members) {
  TRY_VOID(members.expect("type", "Location"));
  DescribedLocation location;
  TRY(location.label, members.text("label"));
  TRY(location.provider, read_provider(members));
  TRY(location.bucket, members.text("bucket"));
  TRY(location.prefix, members.text("prefix"));
  TRY(const std::string role, members.text("role"));
  if (role != name_of(LocationRole::primary) && role != name_of(LocationRole::replica)) {
    return corrupt("has a location of the unknown role \"" + role + "\"");
  }
  location.role = role == name_of(LocationRole::primary) ? LocationRole::primary : LocationRole::replica;
  TRY(location.uuid, members.text("uuid"));
  TRY(location.verify, members.text("verify"));
  TRY(location.verified, members.instant("verifiedDate"));
  return location;
}

Result<DescriptionTail> read_tail(const JsonMembers& members) {
  std::vector<DescribedLocation> locations;
  TRY(const std::vector<JsonMembers> location_members, members.objects("locations"));
  for (const JsonMembers& one : location_members) {
    TRY(DescribedLocation location, read_location(one));
    locations.push_back(std::move(location));
  }
  TRY(const std::uint64_t file_count, members.number("fileCount"));
  TRY(const std::uint64_t byte_count, members.number("byteCount"));
  TRY(const std::uint64_t own_file_count, members.number("ownFileCount"));
  TRY(const std::uint64_t own_byte_count, members.number("ownByteCount"));
  TRY(const JsonMembers source_members, members.object("source"));
  TRY_VOID(source_members.expect("type", "Location"));
  SourceLocation source;
  TRY(source.provider, read_provider(source_members));
  TRY(source.bucket, source_members.text("bucket"));
  TRY(source.path, source_members.text("path"));
  TRY(const std::uint64_t source_size, source_members.number("size"));
  TRY(const std::string client_text, members.text("requestedBy"));
  const auto client = ClientId::parse(client_text);
  if (!client) return corrupt("has an illegal client");
  std::vector<IngestEvent> events;
  TRY(const std::vector<JsonMembers> event_members, members.objects("events"));
  for (const JsonMembers& one : event_members) {
    TRY_VOID(one.expect("type", "IngestEvent"));
    IngestEvent event;
    TRY(event.created, one.instant("createdDate"));
    TRY(event.description, one.text("description"));
    events.push_back(std::move(event));
  }
  return DescriptionTail{std::move(locations), file_count,  byte_count, own_file_count,   own_byte_count,
                         std::move(source),    source_size, *client,    std::move(events)};
}

}  // namespace

std::optional<std::string> BagInfo::find(std::string_view label) const {
  const std::string wanted = to_lower_ascii(label);
  for (const auto& [name, value] : fields) {
    if (to_lower_ascii(name) == wanted) return value;
  }
  return std::nullopt;
}

std::string encode_bag_info(const BagInfo& info) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("type", "BagInfo");
  for (const auto& [member, label] : kKnownFields) {
    if (const auto value = info.find(label)) writer.member(member, *value);
  }
  writer.key("fields").begin_array();
  for (const auto& [label, value] : info.fields) {
    writer.begin_object().member("label", label).member("value", value).end_object();
  }
  writer.end_array().end_object();
  return text;
}

Result<BagInfo> decode_bag_info(std::string_view json) {
  TRY(const JsonMembers members, JsonMembers::parse(json));
  return read_bag_info(members);
}

const Digest* DescribedFile::checksum(Algorithm algorithm) const {
  const auto found = std::find_if(checksums.begin(), checksums.end(),
                                  [&](const Digest& digest) { return digest.algorithm() == algorithm; });
  return found == checksums.end() ? nullptr : &*found;
}

Result<DescribedFile> decode_file_line(std::string_view line) { return read_file(line); }

std::string file_line_beginning(std::string_view name) {
  std::string text;
  JsonWriter(text).begin_object().member("type", "File").member("name", name);
  return text + ",";
}

Algorithm shown_payload_algorithm(const DescriptionHead& head) {
  return has(head.payload_manifests, Algorithm::sha512) ? Algorithm::sha512 : Algorithm::sha256;
}

std::optional<Algorithm> shown_tag_algorithm(const DescriptionHead& head) {
  const auto strongest =
      std::find_if(kTagOrder.begin(), kTagOrder.end(), [&](Algorithm one) { return has(head.tag_manifests, one); });
  return strongest == kTagOrder.end() ? std::nullopt : std::optional(*strongest);
}

DescriptionWriter::DescriptionWriter(ByteSink& sink) : sink_(sink) {}

void DescriptionWriter::append_line(std::string_view line) {
  held_.append(line).push_back('\n');
  offset_ += line.size() + 1;
}

Result<void> DescriptionWriter::flush() {
  TRY_VOID(sink_.write(as_bytes(held_)));
  held_.clear();
  return {};
}

Result<void> DescriptionWriter::begin(const DescriptionHead& head) {
  append_line(head_text(head) + ",");
  append_line(kBeginOfFiles);
  return {};
}

Result<void> DescriptionWriter::add(const DescribedFile& file) {
  if (file.name <= last_name_ || file.checksum(Algorithm::sha256) == nullptr || !is_file_path(file.path)) {
    return broken("a file cannot be described: its name is out of order, its path illegal or its sha256 missing",
                  file.name);
  }
  if (held_.size() >= kFlushAt) TRY_VOID(flush());
  append_line(file_text(file) + ",");
  last_name_ = file.name;
  return {};
}

void DescriptionWriter::end_files() {
  if (last_name_.empty()) return;
  held_.erase(held_.size() - 2, 1);
  offset_ -= 1;
  last_name_.clear();
}

Result<void> DescriptionWriter::begin_tag_files() {
  end_files();
  append_line(kEndOfList);
  append_line(kBeginOfTagFiles);
  return {};
}

Result<void> DescriptionWriter::finish(const DescriptionTail& tail) {
  end_files();
  append_line(kEndOfList);
  append_line(std::string_view(tail_text(tail)).substr(1));
  return flush();
}

DescriptionReader::DescriptionReader(ByteSource& source) : lines_(source, kLineMax) {}

Result<std::string_view> DescriptionReader::line() {
  auto read = lines_.next();
  if (!read && read.error().reason == Reason::limit) return corrupt("has a line longer than any can be");
  TRY(const std::string_view* line, std::move(read));
  if (line == nullptr) return corrupt("ends too early");
  line_at_ = next_at_;
  next_at_ += line->size() + 1;
  return *line;
}

Result<DescriptionHead> DescriptionReader::head() {
  TRY(const std::string_view text, line());
  if (!text.ends_with(',')) return corrupt("does not begin with its head");
  TRY(const JsonMembers members, JsonMembers::parse(std::string(text.substr(0, text.size() - 1)) + "}"));
  TRY(DescriptionHead head, read_head(members));
  TRY(const std::string_view opening, line());
  if (opening != kBeginOfFiles) return corrupt("has no list of files after its head");
  return head;
}

Result<const DescribedFile*> DescriptionReader::next() {
  TRY(std::string_view text, line());
  if (text == kEndOfList) {
    if (last_had_comma_ && !file_.name.empty()) return corrupt("has a list that goes on behind its end");
    file_ = {};
    last_had_comma_ = true;
    return static_cast<const DescribedFile*>(nullptr);
  }
  if (!last_had_comma_) return corrupt("has a list without commas");
  last_had_comma_ = text.ends_with(',');
  if (last_had_comma_) text.remove_suffix(1);
  TRY(DescribedFile file, read_file(text));
  if (file.name <= file_.name) return corrupt("has \"" + file.name + "\" out of order");
  file_ = std::move(file);
  return &file_;
}

Result<const DescribedFile*> DescriptionReader::next_file() {
  TRY(const DescribedFile* file, next());
  if (file != nullptr) return file;
  TRY(const std::string_view opening, line());
  if (opening != kBeginOfTagFiles) return corrupt("has no list of tag files after its files");
  return file;
}

Result<const DescribedFile*> DescriptionReader::next_tag_file() { return next(); }

Result<DescriptionTail> DescriptionReader::tail() {
  TRY(const std::string_view text, line());
  TRY(const JsonMembers members, JsonMembers::parse("{" + std::string(text)));
  TRY(DescriptionTail tail, read_tail(members));
  TRY(const std::string_view* rest, lines_.next());
  if (rest != nullptr) return corrupt("goes on behind its end");
  return tail;
}

Result<DescriptionTail> DescriptionReader::skip_to_tail() {
  for (;;) {
    TRY(const DescribedFile* file, next_tag_file());
    if (file == nullptr) return tail();
  }
}

}  // namespace strongroom

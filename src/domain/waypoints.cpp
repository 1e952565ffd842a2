#include "domain/waypoints.hpp"

#include <type_traits>

#include "base/json_text.hpp"
#include "base/limits.hpp"
#include "domain/json_members.hpp"

namespace strongroom {
namespace {

/// The form of every waypoint below; a later form gets a later number and a reader of its own.
constexpr int kForm = 1;

template <class Fill>
std::string encode_members(const Fill& fill) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("v", kForm);
  fill(writer);
  writer.end_object();
  return text;
}

void write_inventory(JsonWriter& writer, const InventoryRef& inventory, std::string_view name = "inventory") {
  writer.key(name).begin_object();
  writer.member("sha256", inventory.sha256).member("entries", inventory.entries).member("bytes", inventory.bytes);
  writer.end_object();
}

void write_algorithms(JsonWriter& writer, std::string_view name, const std::vector<Algorithm>& algorithms) {
  writer.key(name).begin_array();
  for (Algorithm algorithm : algorithms) writer.text(name_of(algorithm));
  writer.end_array();
}

Error corrupt(std::string what) { return broken(std::move(what), {}, Reason::corrupt); }

Result<std::string> read_sha256(const JsonMembers& members, std::string_view name) {
  TRY(std::string hex, members.text(name));
  const auto digest = Digest::from_hex(Algorithm::sha256, hex);
  if (!digest || digest->hex() != hex) return corrupt("the member \"" + std::string(name) + "\" is not a SHA-256");
  return hex;
}

Result<InventoryRef> read_inventory(const JsonMembers& members, std::string_view name = "inventory") {
  TRY(const JsonMembers inventory, members.object(name));
  InventoryRef ref;
  TRY(ref.sha256, read_sha256(inventory, "sha256"));
  TRY(ref.entries, inventory.number("entries"));
  TRY(ref.bytes, inventory.number("bytes"));
  return ref;
}

Result<std::vector<Algorithm>> read_algorithms(const JsonMembers& members, std::string_view name) {
  TRY(const std::vector<std::string> names, members.texts(name));
  std::vector<Algorithm> algorithms;
  for (const std::string& text : names) {
    const auto algorithm = parse_algorithm(text);
    if (!algorithm) return corrupt("no algorithm is called \"" + text + "\"");
    algorithms.push_back(*algorithm);
  }
  return algorithms;
}

Result<Unpacked> read(const JsonMembers& members, std::type_identity<Unpacked>) {
  Unpacked waypoint;
  TRY(waypoint.inventory, read_inventory(members));
  TRY(const JsonMembers source, members.object("source"));
  TRY(waypoint.source.tag, source.text("tag"));
  TRY(waypoint.source.size, source.number("size"));
  if (!members.has("mediaType")) return waypoint;
  TRY(waypoint.media_type, members.text("mediaType"));
  return waypoint;
}

Result<Rooted> read(const JsonMembers& members, std::type_identity<Rooted>) {
  Rooted waypoint;
  TRY(waypoint.root, members.text("root"));
  if (!waypoint.root.empty() && !waypoint.root.ends_with('/')) return corrupt("the root does not end in a slash");
  return waypoint;
}

Result<Verified> read(const JsonMembers& members, std::type_identity<Verified>) {
  Verified waypoint;
  TRY(waypoint.inventory, read_inventory(members));
  TRY(waypoint.bagit_version, members.text("bagItVersion"));
  TRY(waypoint.payload_algorithms, read_algorithms(members, "payloadAlgorithms"));
  TRY(waypoint.tag_algorithms, read_algorithms(members, "tagAlgorithms"));
  TRY(waypoint.payload_files, members.number("payloadFiles"));
  TRY(waypoint.payload_bytes, members.number("payloadBytes"));
  TRY(waypoint.bag_info_sha256, read_sha256(members, "bagInfoSha256"));
  if (members.has("fetched")) {
    TRY(waypoint.fetched, read_inventory(members, "fetched"));
  }
  return waypoint;
}

Result<Versioned> read(const JsonMembers& members, std::type_identity<Versioned>) {
  TRY(const std::string text, members.text("version"));
  const auto version = Version::parse(text);
  if (!version) return corrupt("the member \"version\" is not a version");
  return Versioned{*version};
}

Result<Replicated> read(const JsonMembers& members, std::type_identity<Replicated>) {
  TRY(const bool already_stored, members.boolean("alreadyStored"));
  return Replicated{already_stored};
}

Result<Confirmed> read(const JsonMembers& members, std::type_identity<Confirmed>) {
  Confirmed waypoint;
  TRY(waypoint.verified, members.instant("verified"));
  if (!members.has("check")) return waypoint;
  TRY(const std::string name, members.text("check"));
  const auto check = parse_copy_check(name);
  if (!check) return corrupt("the member \"check\" is no way to verify a copy");
  waypoint.check = *check;
  return waypoint;
}

Result<Described> read(const JsonMembers& members, std::type_identity<Described>) {
  Described waypoint;
  TRY(waypoint.sha256, read_sha256(members, "sha256"));
  TRY(waypoint.size, members.number("size"));
  TRY(waypoint.created, members.instant("created"));
  TRY(waypoint.index_sha256, read_sha256(members, "indexSha256"));
  TRY(waypoint.file_count, members.number("fileCount"));
  TRY(waypoint.byte_count, members.number("byteCount"));
  return waypoint;
}

}  // namespace

std::string encode(const Unpacked& waypoint) {
  return encode_members([&](JsonWriter& writer) {
    write_inventory(writer, waypoint.inventory);
    writer.key("source").begin_object();
    writer.member("tag", waypoint.source.tag).member("size", waypoint.source.size).end_object();
    if (!waypoint.media_type.empty()) writer.member("mediaType", waypoint.media_type);
  });
}

std::string encode(const Rooted& waypoint) {
  return encode_members([&](JsonWriter& writer) { writer.member("root", waypoint.root); });
}

std::string encode(const Verified& waypoint) {
  return encode_members([&](JsonWriter& writer) {
    write_inventory(writer, waypoint.inventory);
    writer.member("bagItVersion", waypoint.bagit_version);
    write_algorithms(writer, "payloadAlgorithms", waypoint.payload_algorithms);
    write_algorithms(writer, "tagAlgorithms", waypoint.tag_algorithms);
    writer.member("payloadFiles", waypoint.payload_files).member("payloadBytes", waypoint.payload_bytes);
    writer.member("bagInfoSha256", waypoint.bag_info_sha256);
    if (waypoint.fetched.entries > 0) write_inventory(writer, waypoint.fetched, "fetched");
  });
}

std::string encode(const Versioned& waypoint) {
  return encode_members([&](JsonWriter& writer) { writer.member("version", waypoint.version.str()); });
}

std::string encode(const Replicated& waypoint) {
  return encode_members([&](JsonWriter& writer) { writer.member("alreadyStored", waypoint.already_stored); });
}

std::string encode(const Confirmed& waypoint) {
  return encode_members([&](JsonWriter& writer) {
    writer.member("verified", format_instant(waypoint.verified));
    if (waypoint.check != CopyCheck::full) writer.member("check", name_of(waypoint.check));
  });
}

std::string encode(const Described& waypoint) {
  return encode_members([&](JsonWriter& writer) {
    writer.member("sha256", waypoint.sha256).member("size", waypoint.size);
    writer.member("created", format_instant(waypoint.created)).member("indexSha256", waypoint.index_sha256);
    writer.member("fileCount", waypoint.file_count).member("byteCount", waypoint.byte_count);
  });
}

template <class Waypoint>
Result<Waypoint> decode_waypoint(std::string_view json) {
  if (json.size() > limits::kWaypointMax) return corrupt("a waypoint is larger than it can be");
  TRY(const JsonMembers members, JsonMembers::parse(json));
  TRY(const std::uint64_t form, members.number("v"));
  if (form != kForm) return corrupt("a waypoint has the unknown form " + std::to_string(form));
  TRY(Waypoint waypoint, read(members, std::type_identity<Waypoint>()));
  // One value has one text: whatever else the JSON says was not written by encode().
  if (encode(waypoint) != json) return corrupt("a waypoint is not in the form it is written in");
  return waypoint;
}

template Result<Unpacked> decode_waypoint(std::string_view);
template Result<Rooted> decode_waypoint(std::string_view);
template Result<Verified> decode_waypoint(std::string_view);
template Result<Versioned> decode_waypoint(std::string_view);
template Result<Replicated> decode_waypoint(std::string_view);
template Result<Confirmed> decode_waypoint(std::string_view);
template Result<Described> decode_waypoint(std::string_view);

}  // namespace strongroom

#include "law/includes.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace strongroom::law {
namespace {

using Names = std::set<std::string, std::less<>>;

// ---- the tables -----------------------------------------------------------------------------------------------------

/// What each layer may include beside itself. A layer that is not here does not exist.
const std::map<std::string, Names, std::less<>>& layers() {
  static const Names kWing = {"base", "domain", "bagit", "archive", "ports"};
  static const std::map<std::string, Names, std::less<>> kLayers = {
      {"base", {}},
      {"domain", {"base"}},
      {"bagit", {"base", "domain"}},
      {"archive", {"base", "domain"}},
      {"ports", {"base", "domain"}},
      {"contracts", {"base", "domain", "ports"}},
      {"ingest", kWing},
      {"retrieve", kWing},
      {"events", kWing},
      {"care", kWing},
      {"transfers", kWing},
      {"api", {"base", "domain", "ports", "retrieve", "events", "care", "transfers"}},
      {"adapters", {"base", "domain", "ports"}},
      {"cli",
       {"base", "domain", "bagit", "archive", "ports", "contracts", "ingest", "retrieve", "events", "care", "transfers",
        "api", "adapters"}},
  };
  return kLayers;
}

/// Single files that a layer may include of another one which it may not include as a whole.
const std::map<std::string, Names, std::less<>>& single_files() {
  static const std::map<std::string, Names, std::less<>> kFiles = {{"api", {"ingest/receive.hpp"}},
                                                                   {"care", {"retrieve/description.hpp"}},
                                                                   {"events", {"retrieve/description.hpp"}},
                                                                   {"ingest", {"retrieve/description.hpp"}}};
  return kFiles;
}

/// The rooms of src/ingest. Nobody there includes a room but the room itself and the files that join rooms.
const Names kRooms = {"receive", "unpack", "find_root", "verify",       "version", "replicate",
                      "confirm", "commit", "register",  "register_bag", "notify"};
const Names kJoiners = {"route", "doors", "walk", "walker", "draft", "dry_run"};

/// Headers of others, by prefix, and the folders of src/ that may include them, in .cpp files only.
struct Foreign {
  std::string_view prefix;
  std::vector<std::string_view> folders;
};
const std::vector<Foreign> kForeign = {
    {"boost/json", {"domain", "bagit", "ingest", "retrieve", "events", "care", "transfers", "api", "adapters", "cli"}},
    {"boost/", {"adapters/web"}},
    {"spdlog/", {"adapters/host"}},
    {"fmt/", {"adapters/host"}},
    {"CLI/", {"cli"}},
    {"toml++/", {"cli"}},
    {"curl/", {"adapters/web"}},
    {"sqlite3", {"adapters/catalogue/sqlite"}},
    {"pugixml", {"adapters/cloud"}},
    {"prometheus/", {"adapters/metrics"}},
    {"openssl/", {"base", "api", "adapters/web", "adapters/objects/s3", "adapters/objects/azure"}},
    {"liburing", {"adapters/objects/filesystem"}},
    {"isa-l", {"archive", "transfers"}},
    {"zstd", {"archive"}},
    {"lzma", {"archive", "transfers"}},
    {"bzlib", {"archive"}},
    {"archive", {"archive", "cli"}},
    {"zlib", {"base"}},
    {"unicode/", {"domain", "bagit", "transfers"}},
};

/// Headers that may include a heavy one, because nobody outside of their folder may include them.
const Names kPrivateHeaders = {"adapters/web/server/asio.hpp", "adapters/web/client/curl_common.hpp",
                               "adapters/catalogue/sqlite/database.hpp"};

/// What providers have in common, whatever is kept there: signatures, keys, their XML.
const Names kShared = {"cloud"};

/// Single files of an adapter that another one may include: how a bucket is spoken to, and how a directory is reached
/// without following links, is the same wherever packages wait and wherever bags are kept. None of them knows a
/// location.
const std::map<std::string, Names, std::less<>> kLent = {
    {"areas",
     {"adapters/objects/filesystem/durable_names.hpp", "adapters/objects/filesystem/file_io.hpp",
      "adapters/objects/filesystem/posix.hpp", "adapters/objects/remote/resuming_source.hpp",
      "adapters/objects/s3/bucket.hpp", "adapters/objects/s3/copying.hpp", "adapters/objects/s3/object_list.hpp"}}};

// ---- the rules ------------------------------------------------------------------------------------------------------

struct Include {
  std::string name;
  bool quoted = false;
  std::size_t line = 0;
};

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> found;
  const std::string code = code_of(file.text, Literals::keep);
  const std::vector<std::string_view> lines = lines_of(code);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view line = lines[i];
    const auto skip = [&line](std::string_view what) {
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      if (!line.starts_with(what)) return false;
      line.remove_prefix(what.size());
      return true;
    };
    if (!skip("#") || !skip("include")) continue;
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.empty()) continue;
    const bool quoted = line.front() == '"';
    const std::size_t end = line.find(quoted ? '"' : '>', 1);
    found.push_back({std::string(line.substr(1, end == std::string_view::npos ? end : end - 1)), quoted, i + 1});
  }
  return found;
}

std::string_view first_folder(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

/// `adapters/web/server/x.hpp` -> `web`: the outside thing an adapter belongs to.
std::string_view outside_thing(std::string_view path) {
  path.remove_prefix(std::min(path.size(), std::string_view("adapters/").size()));
  return first_folder(path);
}

bool is_lent(std::string_view name, std::string_view to) {
  const auto lent = kLent.find(to);
  return lent != kLent.end() && lent->second.contains(name);
}

std::string stem_of(std::string_view path) { return std::filesystem::path(path).stem().string(); }

std::optional<std::string> fault_of_own(std::string_view from, const std::string& name) {
  const std::string layer = from == "main.cpp" ? "cli" : std::string(first_folder(from));
  const std::string other(first_folder(name));
  const std::string_view folder = std::string_view(name).substr(0, name.rfind('/') + 1);
  if (kPrivateHeaders.contains(name) && !from.starts_with(folder)) return "\"" + name + "\" is private to its folder";
  if (!layers().contains(layer)) return "layer " + layer + " is not in the table of layers";
  if (!layers().contains(other)) return "\"" + name + "\" is not a path from src/ into a layer";
  if (layer == other) {
    if (layer == "adapters" && outside_thing(from) != outside_thing(name) && !kShared.contains(outside_thing(name)) &&
        !is_lent(name, outside_thing(from))) {
      return "adapter " + std::string(outside_thing(from)) + " includes adapter " + std::string(outside_thing(name));
    }
    if (layer != "ingest") return std::nullopt;
    const std::string file = stem_of(from);
    const std::string room = stem_of(name);
    if (file == room || kJoiners.contains(file)) return std::nullopt;
    if (kRooms.contains(room)) return "ingest/" + file + " includes the room " + room;
    if (kRooms.contains(file) && kJoiners.contains(room)) return "the room " + file + " includes ingest/" + room;
    return std::nullopt;
  }
  const auto single = single_files().find(layer);
  if (single != single_files().end() && single->second.contains(name)) return std::nullopt;
  if (!layers().at(layer).contains(other)) return layer + " includes " + other + " (\"" + name + "\")";
  return std::nullopt;
}

std::optional<std::string> fault_of_foreign(const SourceFile& file, std::string_view from, const std::string& name) {
  const auto foreign = std::ranges::find_if(kForeign, [&](const Foreign& f) { return name.starts_with(f.prefix); });
  if (foreign == kForeign.end()) return std::nullopt;
  const bool owned = std::ranges::any_of(
      foreign->folders, [&](std::string_view folder) { return from.starts_with(std::string(folder) + "/"); });
  if (!owned) return "<" + name + "> does not belong into this folder";
  if (file.is_header() && !kPrivateHeaders.contains(from)) return "<" + name + "> belongs into .cpp files";
  return std::nullopt;
}

}  // namespace

Offences check_includes(const SourceFile& file) {
  if (!file.is_cpp() || !file.is_under("src")) return {};
  const std::string_view from = std::string_view(file.path).substr(4);
  Offences offences;
  for (const Include& include : includes_of(file)) {
    const std::optional<std::string> fault =
        include.quoted ? fault_of_own(from, include.name) : fault_of_foreign(file, from, include.name);
    if (fault) offences.push_back({file.path, include.line, *fault});
  }
  return offences;
}

}  // namespace strongroom::law

// Fuzz target: any bytes as a request target. The path below `/bags/` is split as http-api.md 1.3 has it, written here
// a second time, step by step and without regard to speed; queries keep their order and can be written and read again;
// a route that is found exists, and its names come from the path.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/paths.hpp"
#include "api/query.hpp"
#include "api/routes.hpp"
#include "base/text.hpp"

namespace {

using strongroom::is_utf8;
using strongroom::percent_decode;
using strongroom::api::BagPath;
using strongroom::api::Query;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string joined(const std::vector<std::string>& parts, std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) text += (i > from ? "/" : "") + parts[i];
  return text;
}

/// 1.3, literally. r is counted from 1 there and from 0 here.
std::optional<BagPath> reference(const std::string& rest) {
  const auto slash = rest.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const auto space = percent_decode(rest.substr(0, slash), false);
  if (!space || !is_utf8(*space) || space->find('/') != std::string::npos) return std::nullopt;
  std::vector<std::string> raw(1);
  for (std::size_t i = slash + 1; i < rest.size(); ++i) {
    const std::string three = strongroom::to_lower_ascii(rest.substr(i, 3));
    if (rest[i] == '/') {
      raw.emplace_back();
    } else if (three == "%2f") {
      raw.emplace_back();
      i += 2;
    } else {
      raw.back() += rest[i];
    }
  }
  if (raw.size() == 1 && raw[0].empty()) return std::nullopt;
  std::vector<std::string> r;
  std::vector<std::string> content;
  for (const std::string& one : raw) {
    const auto name = percent_decode(one, true);
    const auto plain = percent_decode(one, false);
    if (!name || !is_utf8(*name)) return std::nullopt;
    r.push_back(*name);
    content.push_back(*plain);
  }
  BagPath path;
  path.space = *space;
  const std::size_t n = r.size();
  for (std::size_t i = 1; i + 1 < n; ++i) {
    if (r[i] != "content") continue;
    path.resource = "content";
    path.identifier = joined(r, 0, i);
    path.content_path = joined(content, i + 1, n);
    return path;
  }
  const bool sub = n >= 2 && (r.back() == "versions" || r.back() == "archive" || r.back() == "restore");
  if (sub) path.resource = r.back();
  path.identifier = joined(r, 0, sub ? n - 1 : n);
  return path;
}

void check_bag_path(const std::string& rest) {
  const auto ours = strongroom::api::split_bag_path(rest);
  const auto theirs = reference(rest);
  require(ours.has_value() == theirs.has_value());
  if (!ours) return;
  require(ours->space == theirs->space && ours->identifier == theirs->identifier);
  require(ours->resource == theirs->resource && ours->content_path == theirs->content_path);
  require(rest.starts_with(ours->raw_space + "/" + ours->raw_identifier));
  require(is_utf8(ours->identifier) && is_utf8(ours->content_path));
}

void check_query(std::string_view text) {
  const Query query = Query::parse(text);
  std::set<std::string> names;
  bool twice = false;
  for (const auto& [name, value] : query.pairs()) {
    require(query.find(name).has_value());
    twice = !names.insert(name).second || twice;
  }
  require(query.repeated().has_value() == twice);
  require(query.faults({"limit"}, false).empty() ==
          (query.pairs().empty() || (names == std::set<std::string>{"limit"} && !twice)));
  const auto form = Query::parse_form(text);
  if (!form) return;
  require(form->pairs() == query.pairs());
  std::string written;
  for (const auto& [name, value] : form->pairs()) {
    require(is_utf8(name) && is_utf8(value));
    written += strongroom::percent_encode(name, "") + "=" + strongroom::percent_encode(value, "") + "&";
  }
  const auto again = Query::parse_form(written);
  require(again && again->pairs() == form->pairs());
}

void check_route(std::string_view path) {
  const auto found = strongroom::api::find_route("/storage/v1", path);
  std::set<std::string_view> methods;
  for (const auto* row : found.rows) {
    require(row != nullptr && methods.insert(row->method).second);
    require(found.row_for(row->method) == row);
  }
  require(found.rows.empty() == found.methods().empty());
  for (const auto& [name, value] : found.captures) {
    require(!name.empty() && !value.empty() && path.find(value) != std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto target = strongroom::api::cut_target(text);
  require(text.ends_with(target.query) && target.path.find('?') == std::string_view::npos);
  check_bag_path(std::string(target.path));
  check_query(target.query);
  check_route(target.path);
  check_route("/storage/v1/" + std::string(target.path));
  check_route("/storage/v1/bags/" + std::string(target.path));
  return 0;
}

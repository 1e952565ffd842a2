#include "archive/pax.hpp"

#include "base/text.hpp"

namespace strongroom::archive {
namespace {

constexpr std::string_view kSparse = "GNU.sparse.";

bool take_number(std::string_view value, std::optional<std::uint64_t>& into) {
  into.reset();
  if (value.empty()) return true;
  into = parse_number(value);
  return into.has_value();
}

void take_text(std::string_view value, std::optional<std::string>& into) {
  into.reset();
  if (!value.empty()) into.emplace(value);
}

/// "offset,length,offset,length…"
bool take_map(std::string_view value, std::vector<Extent>& extents) {
  extents.clear();
  if (value.empty()) return true;
  const auto numbers = split(value, ',');
  if (numbers.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < numbers.size(); i += 2) {
    const auto offset = parse_number(numbers[i]);
    const auto length = parse_number(numbers[i + 1]);
    if (!offset || !length) return false;
    extents.push_back({*offset, *length});
  }
  return true;
}

/// The pairs of format 0.0: an offset opens a stretch, a length completes the last one.
bool take_pair_member(bool is_offset, std::string_view value, std::vector<Extent>& extents) {
  const auto number = parse_number(value);
  if (!number || extents.size() >= kExtentsMax) return false;
  if (is_offset) {
    extents.push_back({*number, 0});
    return true;
  }
  if (extents.empty()) return false;
  extents.back().length = *number;
  return true;
}

bool take_sparse(std::string_view key, std::string_view value, PaxRecords& records) {
  records.sparse = true;
  if (key == "major") return take_number(value, records.sparse_major);
  if (key == "minor") return take_number(value, records.sparse_minor);
  if (key == "size" || key == "realsize") return take_number(value, records.sparse_size);
  if (key == "numblocks") return take_number(value, records.sparse_blocks);
  if (key == "map") return take_map(value, records.extents);
  if (key == "offset" || key == "numbytes") return take_pair_member(key == "offset", value, records.extents);
  if (key == "name") {
    take_text(value, records.sparse_name);
    return true;
  }
  return false;  // a sparse format this reader does not know: its content would come out wrong
}

bool take(std::string_view key, std::string_view value, PaxRecords& records) {
  if (key == "path") {
    take_text(value, records.path);
    return true;
  }
  if (key == "size") return take_number(value, records.size);
  if (key.starts_with(kSparse)) return take_sparse(key.substr(kSparse.size()), value, records);
  return true;
}

}  // namespace

bool parse_pax(std::string_view body, PaxRecords& records) {
  while (!body.empty()) {
    const std::size_t space = body.find(' ');
    if (space == std::string_view::npos) return false;
    const auto length = parse_number(body.substr(0, space));
    // The length counts itself, the space and the line feed.
    if (!length || *length > body.size() || *length < space + 2) return false;
    const auto record = body.substr(space + 1, *length - space - 1);
    body.remove_prefix(*length);
    const std::size_t equals = record.find('=');
    if (!record.ends_with('\n') || equals == std::string_view::npos || equals == 0) return false;
    if (!take(record.substr(0, equals), record.substr(equals + 1, record.size() - equals - 2), records)) return false;
  }
  return true;
}

}  // namespace strongroom::archive

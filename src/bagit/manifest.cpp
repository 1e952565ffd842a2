#include "bagit/manifest.hpp"

#include <array>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom::bagit {
namespace {

constexpr std::string_view kKind = "bad-manifest";

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::optional<char> escaped(std::string_view escape, bool percent) {
  if (escape.size() < 3 || escape[0] != '%') return std::nullopt;
  const char second = escape[2];
  if (escape[1] == '0' && (second == 'A' || second == 'a')) return '\n';
  if (escape[1] == '0' && (second == 'D' || second == 'd')) return '\r';
  if (percent && escape[1] == '2' && second == '5') return '%';
  return std::nullopt;
}

}  // namespace

std::optional<ManifestName> parse_manifest_name(std::string_view name) {
  constexpr std::string_view kTag = "tagmanifest-";
  constexpr std::string_view kPayload = "manifest-";
  constexpr std::string_view kEnd = ".txt";
  ManifestName parsed;
  parsed.payload = name.starts_with(kPayload);
  if ((!parsed.payload && !name.starts_with(kTag)) || name.find('/') != std::string_view::npos) return std::nullopt;
  name.remove_prefix(parsed.payload ? kPayload.size() : kTag.size());
  if (!name.ends_with(kEnd)) return std::nullopt;
  name.remove_suffix(kEnd.size());
  parsed.algorithm_text = name;
  if (name == "sha3-256" || name == "sha3-512") {
    parsed.odd_spelling = true;
    parsed.algorithm = name == "sha3-256" ? Algorithm::sha3_256 : Algorithm::sha3_512;
  } else {
    parsed.algorithm = parse_algorithm(name);
  }
  return parsed;
}

bool is_tag_manifest(std::string_view name) {
  const auto manifest = parse_manifest_name(name);
  return manifest && !manifest->payload;
}

std::string decode_path(std::string_view path, bool percent) {
  std::string decoded;
  decoded.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto c = escaped(path.substr(i, 3), percent);
    decoded.push_back(c ? *c : path[i]);
    if (c) i += 2;
  }
  return decoded;
}

ManifestReader::ManifestReader(ByteSource& source, std::string file, Algorithm algorithm, VersionRules rules,
                               Findings& findings, std::string_view encoding)
    : lines_(source, limits::kManifestLineMax),
      file_(std::move(file)),
      algorithm_(algorithm),
      rules_(rules),
      findings_(findings),
      encoding_(encoding),
      line_{0, digest_of(algorithm, {}), {}, {}} {}

Result<const ManifestLine*> ManifestReader::next() {
  for (;;) {
    TRY(const TagLine* line, lines_.next());
    if (line == nullptr) break;
    TRY(const bool good, take(*line));
    if (good) return static_cast<const ManifestLine*>(&line_);
  }
  if (!malformed_.empty()) {
    findings_.fail("C5", "Error loading " + file_ + ": Failed to parse the following lines: " + malformed_.text());
  }
  return static_cast<const ManifestLine*>(nullptr);
}

/// True when line_ has been set.
Result<bool> ManifestReader::take(const TagLine& line) {
  if (line.number == 1 && lines_.had_byte_order_mark()) {
    TRY_VOID(warn("W1", "byte-order-mark", 1, "A byte order mark is skipped"));
  }
  if (!line.utf8) {
    whole_ = false;
    TRY_VOID(findings_.add(line_problem("C4", kKind, file_, line.number, "The line is not valid " + encoding_)));
    findings_.fail("C4",
                   "Error loading " + file_ + ": not valid " + encoding_ + " on line " + std::to_string(line.number));
    return false;
  }
  std::string_view text = line.text;
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  if (text.empty() && !line.too_long) {
    TRY_VOID(warn("W2", "blank-line", line.number, "An empty line is skipped"));
    return false;
  }
  std::size_t end = 0;
  while (end < text.size() && !is_blank(text[end])) ++end;
  std::size_t begin = end;
  while (begin < text.size() && is_blank(text[begin])) ++begin;
  const auto digest = Digest::from_hex(algorithm_, text.substr(0, end));
  std::string_view fault;
  if (line.too_long) {
    fault = "The line is longer than 64 KiB";
  } else if (begin == text.size()) {
    fault = "The line has no digest and path";
  } else if (!digest) {
    fault = "The line does not begin with a digest of the manifest's algorithm";
  }
  std::string_view path = text.substr(begin);
  if (fault.empty()) {
    TRY(path, without_prefixes(path, line.number));
    if (path.empty()) fault = "The line has no path";
  }
  if (!fault.empty()) {
    TRY_VOID(malformed(line, fault));
    return false;
  }
  if (text.size() != line.text.size()) {
    TRY_VOID(warn("W5", "trailing-blanks", line.number, "Blanks at the end of the line are removed"));
  }
  line_.number = line.number;
  line_.digest = *digest;
  line_.path = decode_path(path, rules_.percent_decoded);
  line_.literal = line_.path == path ? std::string() : std::string(path);
  return true;
}

Result<std::string_view> ManifestReader::without_prefixes(std::string_view path, std::uint64_t number) {
  const std::size_t size = path.size();
  if (path.starts_with('*')) path.remove_prefix(1);
  while (path.starts_with("./")) path.remove_prefix(2);
  if (path.size() != size) {
    TRY_VOID(warn("W6", "path-prefix", number, "A * or ./ before the path is removed"));
  }
  return path;
}

Result<void> ManifestReader::warn(std::string_view rule, std::string_view kind, std::uint64_t number,
                                  std::string_view description) {
  return findings_.add(line_problem(rule, kind, file_, number, description));
}

Result<void> ManifestReader::malformed(const TagLine& line, std::string_view description) {
  whole_ = false;
  malformed_.add(line.text);
  Problem problem = line_problem("C5", kKind, file_, line.number, description);
  problem.actual = excerpt(line.text);
  return findings_.add(std::move(problem));
}

}  // namespace strongroom::bagit

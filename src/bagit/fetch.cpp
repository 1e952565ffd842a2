#include "bagit/fetch.hpp"

#include <algorithm>

#include "bagit/manifest.hpp"
#include "bagit/uri.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom::bagit {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kKind = "bad-fetch";

/// Cuts the text up to the next blanks off `rest`, and the blanks too.
std::string_view cut_field(std::string_view& rest) {
  const auto end = std::min(rest.find_first_of(kBlanks), rest.size());
  const auto field = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks, end), rest.size()));
  return field;
}

bool is_length(std::string_view field) { return field == "-" || parse_number(field).has_value(); }

/// A length somewhere behind, followed by a payload path: the blanks before it must have been the URL's.
bool has_later_length(std::string_view rest) {
  while (!rest.empty()) {
    const auto field = cut_field(rest);
    if (is_length(field) && rest.starts_with("data/")) return true;
  }
  return false;
}

}  // namespace

FetchReader::FetchReader(ByteSource& source, Findings& findings, std::string_view encoding)
    : lines_(source, limits::kManifestLineMax), findings_(findings), encoding_(encoding) {}

Result<const FetchLine*> FetchReader::next() {
  for (;;) {
    TRY(const TagLine* line, lines_.next());
    if (line == nullptr) break;
    TRY(const bool good, take(*line));
    if (good) return static_cast<const FetchLine*>(&line_);
  }
  TRY_VOID(end());
  return static_cast<const FetchLine*>(nullptr);
}

/// True when line_ has been set.
Result<bool> FetchReader::take(const TagLine& line) {
  const std::string file(kFetchFile);
  if (line.number == 1 && lines_.had_byte_order_mark()) {
    TRY_VOID(findings_.add(line_problem("W1", "byte-order-mark", file, 1, "A byte order mark is skipped")));
  }
  if (line.text.empty() && line.utf8 && !line.too_long) {
    TRY_VOID(findings_.add(line_problem("W2", "blank-line", file, line.number, "An empty line is skipped")));
    return false;
  }
  empty_ = false;
  const std::string number = std::to_string(line.number);
  if (!line.utf8) {
    TRY_VOID(refuse("E1", line, "The line is not valid " + encoding_, "not valid " + encoding_ + " on line " + number));
    return false;
  }
  const std::string shown(line.text);
  std::string_view rest = line.text;
  const auto url = cut_field(rest);
  const std::string_view after_url = rest;
  const auto length = cut_field(rest);
  if (line.too_long || url.empty() || rest.empty() || !is_length(length)) {
    if (!line.too_long && !url.empty() && !is_length(length) && has_later_length(after_url)) {
      TRY_VOID(refuse("E3", line, "The URL has blanks",
                      "URI is incorrectly formatted on line " + number + ". Spaces should be URI-encoded: " + shown));
    } else {
      TRY_VOID(refuse("E2", line, "The line is not URL, length and path",
                      "Line <<" + shown + ">> is incorrectly formatted!"));
    }
    return false;
  }
  const auto fault = find_uri_fault(url);
  if (!fault.empty()) {
    TRY_VOID(refuse("E3", line, "The URL is malformed: " + std::string(fault),
                    "URI is incorrectly formatted on line " + number + ". " + std::string(fault) + ": " + shown));
    return false;
  }
  line_ = FetchLine{line.number, std::string(url), parse_number(length), decode_path(rest, true)};
  if (!line_.path.starts_with("data/")) {
    tag_files_.add(line_.path);
    Problem problem = line_problem("E4", kKind, file, line.number, "Only payload files can be fetched");
    problem.other = line_.path;
    TRY_VOID(findings_.add(std::move(problem)));
  }
  return true;
}

Result<void> FetchReader::refuse(std::string_view rule, const TagLine& line, std::string_view description,
                                 std::string text) {
  Problem problem = line_problem(rule, kKind, std::string(kFetchFile), line.number, description);
  if (line.utf8) problem.actual = excerpt(line.text);
  findings_.fail(rule, std::string(kFetchPrefix) + text);
  return findings_.add(std::move(problem));
}

Result<void> FetchReader::end() {
  if (!tag_files_.empty()) {
    findings_.fail("E4", std::string(kFetchPrefix) + "fetch.txt should not contain tag files: " + tag_files_.text());
  }
  if (empty_) {
    TRY_VOID(findings_.add(name_problem("W13", "empty-fetch", kFetchFile, "fetch.txt has no entries")));
  }
  return {};
}

}  // namespace strongroom::bagit

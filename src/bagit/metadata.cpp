#include "bagit/metadata.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "bagit/tag_lines.hpp"
#include "base/instant.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom::bagit {
namespace {

/// A field costs far more memory than its bytes when there are millions of tiny ones; no real bag has this many.
constexpr std::size_t kFieldsMax = 100'000;

constexpr std::string_view kExternalIdentifier = "External-Identifier";
constexpr std::string_view kPayloadOxum = "Payload-Oxum";
constexpr std::string_view kBaggingDate = "Bagging-Date";
constexpr std::array<std::string_view, 3> kRequired = {kExternalIdentifier, kPayloadOxum, kBaggingDate};
/// Labels that may have one value only.
constexpr std::array<std::string_view, 7> kSingle = {
    kExternalIdentifier,          kPayloadOxum,           kBaggingDate,
    "Source-Organization",        "External-Description", "Internal-Sender-Identifier",
    "Internal-Sender-Description"};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Reads line by line; a line that is not UTF-8, or too much of everything, ends it.
class MetadataReader {
 public:
  MetadataReader(ByteSource& source, const std::string& file, Findings& findings, std::string_view encoding)
      : lines_(source, limits::kBagInfoMax), file_(file), findings_(findings), encoding_(encoding) {}

  Result<std::optional<Metadata>> read() {
    for (;;) {
      TRY(const TagLine* line, lines_.next());
      if (line == nullptr) break;
      if (line->number == 1 && lines_.had_byte_order_mark()) {
        TRY_VOID(findings_.add(line_problem("W1", "byte-order-mark", file_, 1, "A byte order mark is skipped")));
      }
      if (lines_.bytes_read() > limits::kBagInfoMax || metadata_.fields.size() > kFieldsMax) {
        return unreadable(*line, "too large");
      }
      if (!line->utf8) return unreadable(*line, "not valid " + encoding_ + " on line " + std::to_string(line->number));
      TRY_VOID(take(*line));
    }
    if (!malformed_.empty()) {
      findings_.fail("B3", std::string(kBagInfoPrefix) +
                               "Unable to parse the following lines in bag-info.txt: " + malformed_.text());
    }
    return std::optional(std::move(metadata_));
  }

 private:
  Result<std::optional<Metadata>> unreadable(const TagLine& line, const std::string& text) {
    TRY_VOID(
        findings_.add(line_problem("B2", "bad-tag-file", file_, line.number, "The metadata cannot be read: " + text)));
    findings_.fail("B2", std::string(kBagInfoPrefix) + text);
    return std::optional<Metadata>();
  }

  Result<void> take(const TagLine& line) {
    if (line.text.empty()) {
      return findings_.add(line_problem("W2", "blank-line", file_, line.number, "An empty line is skipped"));
    }
    if (is_blank(line.text.front())) return take_continuation(line);
    const auto colon = line.text.find(':');
    const auto raw_label = line.text.substr(0, colon);
    const auto label = trim_blanks(raw_label);
    if (colon == std::string_view::npos || label.empty()) {
      after_ = After::malformed;
      return malformed(line, "The line has no label and colon");
    }
    if (label.size() != raw_label.size()) {
      TRY_VOID(findings_.add(
          line_problem("W3", "loose-whitespace", file_, line.number, "Blanks between the label and its colon")));
    }
    metadata_.fields.emplace_back(label, trim_blanks(line.text.substr(colon + 1)));
    after_ = After::field;
    return {};
  }

  Result<void> take_continuation(const TagLine& line) {
    if (after_ == After::nothing) return malformed(line, "The first line continues nothing");
    // What continues a malformed line is part of it, not of the field before.
    if (after_ == After::field) metadata_.fields.back().second.append("\n").append(trim_blanks(line.text));
    return {};
  }

  Result<void> malformed(const TagLine& line, std::string_view description) {
    malformed_.add(line.text);
    Problem problem = line_problem("B3", "bad-tag-file", file_, line.number, description);
    problem.actual = excerpt(line.text);
    return findings_.add(std::move(problem));
  }

  enum class After { nothing, field, malformed };
  TagLineReader lines_;
  const std::string& file_;
  Findings& findings_;
  const std::string encoding_;
  Metadata metadata_;
  NameList malformed_;
  After after_ = After::nothing;
};

std::optional<Oxum> parse_oxum(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto octets = parse_number(text.substr(0, dot));
  const auto files = parse_number(text.substr(dot + 1));
  if (!octets || !files) return std::nullopt;
  return Oxum{*octets, *files};
}

/// The one value of each known label.
class FieldChecker {
 public:
  FieldChecker(const std::string& file, Findings& findings, Rulebook rulebook)
      : file_(file), findings_(findings), rulebook_(rulebook) {}

  Result<void> collect(const Metadata& metadata) {
    std::map<std::string, std::string_view> labels;
    for (std::string_view label : kSingle) labels.emplace(to_lower_ascii(label), label);
    for (const auto& [label, value] : metadata.fields) {
      const auto known = labels.find(to_lower_ascii(label));
      if (known == labels.end()) continue;
      auto& values = values_[known->second];
      if (!values.insert(value).second) {
        Problem warning = name_problem("W12", "repeated-field", file_, "A field is repeated with the same value");
        warning.other = known->second;
        TRY_VOID(findings_.add(std::move(warning)));
      }
    }
    for (std::string_view label : kSingle) {
      if (rulebook_ == Rulebook::bagit && label != kPayloadOxum) continue;
      if (values_[label].size() > 1) TRY_VOID(ambiguous(label));
    }
    if (rulebook_ == Rulebook::bagit) return {};
    for (std::string_view label : kRequired) {
      if (values_[label].empty()) {
        TRY_VOID(fail("B5", "missing-field", label, {}, "A required field is missing",
                      "Missing key in bag-info.txt: " + std::string(label)));
      }
    }
    return {};
  }

  /// Nothing when absent or ambiguous.
  [[nodiscard]] const std::string* value(std::string_view label) const {
    const auto found = values_.find(label);
    return found != values_.end() && found->second.size() == 1 ? &*found->second.begin() : nullptr;
  }

  Result<void> unparsable(std::string_view rule, std::string_view label, const std::string& value,
                          const std::string& shown) {
    return fail(rule, "bad-field", label, value, "The value of a field is not legal",
                "Unable to parse " + std::string(label) + " in bag-info.txt: " + shown);
  }

 private:
  Result<void> ambiguous(std::string_view label) {
    NameList shown;
    for (const std::string& value : values_[label]) shown.add(value);
    return fail("B4", "ambiguous-field", label, shown.text(), "A field has several values",
                "Multiple values for " + std::string(label) + " in bag-info.txt: " + shown.text());
  }

  Result<void> fail(std::string_view rule, std::string_view kind, std::string_view label, const std::string& actual,
                    std::string_view description, const std::string& text) {
    Problem problem = name_problem(rule, kind, file_, description);
    problem.other = label;
    problem.actual = excerpt(actual);
    TRY_VOID(findings_.add(std::move(problem)));
    findings_.fail(rule, std::string(kBagInfoPrefix) + text);
    return {};
  }

  const std::string& file_;
  Findings& findings_;
  const Rulebook rulebook_;
  std::map<std::string_view, std::set<std::string>> values_;
};

}  // namespace

const std::string* Metadata::find(std::string_view label) const {
  const std::string wanted = to_lower_ascii(label);
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&wanted](const auto& field) { return to_lower_ascii(field.first) == wanted; });
  return found == fields.end() ? nullptr : &found->second;
}

Result<std::optional<Metadata>> read_metadata(ByteSource& source, const std::string& file, Findings& findings,
                                              std::string_view encoding) {
  return MetadataReader(source, file, findings, encoding).read();
}

Result<CheckedMetadata> check_metadata(Metadata metadata, const std::string& file, Findings& findings,
                                       Rulebook rulebook) {
  FieldChecker checker(file, findings, rulebook);
  TRY_VOID(checker.collect(metadata));
  CheckedMetadata checked;
  if (const std::string* value = checker.value(kExternalIdentifier); value && rulebook == Rulebook::archive) {
    auto parsed = ExternalIdentifier::parse(*value, IdentifierPlace::bag);
    if (parsed) {
      checked.external_identifier = std::move(*parsed);
    } else {
      TRY_VOID(checker.unparsable("B6", kExternalIdentifier, *value, "External identifier " + parsed.error().what));
    }
  }
  if (const std::string* value = checker.value(kPayloadOxum)) {
    checked.oxum = parse_oxum(*value);
    if (!checked.oxum) TRY_VOID(checker.unparsable("B7", kPayloadOxum, *value, *value));
  }
  if (const std::string* value = checker.value(kBaggingDate); value && rulebook == Rulebook::archive) {
    checked.bagging_date = *value;
    if (!is_date(*value)) TRY_VOID(checker.unparsable("B8", kBaggingDate, *value, *value));
  }
  checked.metadata = std::move(metadata);
  return checked;
}

}  // namespace strongroom::bagit

#include "bagit/declaration.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "bagit/tag_lines.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom::bagit {
namespace {

constexpr std::string_view kPrefix = "Error loading Bag Declaration (bagit.txt): ";
constexpr std::string_view kKind = "bad-declaration";
constexpr std::string_view kVersionLabel = "BagIt-Version";
constexpr std::string_view kEncodingLabel = "Tag-File-Character-Encoding";

bool is_blank(char c) { return c == ' ' || c == '\t'; }

struct Value {
  std::string_view text;
  bool loose = false;  ///< other blanks than the one after the colon
};

/// The value of `{label}: {value}`, blanks around the colon and at the end allowed but noted.
std::optional<Value> value_of(std::string_view line, std::string_view label) {
  if (!line.starts_with(label)) return std::nullopt;
  std::string_view rest = line.substr(label.size());
  const auto skip = [&rest] {
    std::size_t n = 0;
    while (n < rest.size() && is_blank(rest[n])) ++n;
    rest.remove_prefix(n);
    return n;
  };
  const bool blank_before = skip() > 0;
  if (!rest.starts_with(':')) return std::nullopt;
  rest.remove_prefix(1);
  const bool one_space = rest.starts_with(' ');
  const bool odd_after = skip() != 1 || !one_space;
  const std::size_t size = rest.size();
  while (!rest.empty() && is_blank(rest.back())) rest.remove_suffix(1);
  return Value{rest, blank_before || odd_after || rest.size() != size};
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_version(std::string_view text) {
  const auto dot = text.find('.');
  return dot != std::string_view::npos && all_digits(text.substr(0, dot)) && all_digits(text.substr(dot + 1));
}

bool is_encoding_name(std::string_view text) {
  return !text.empty() &&
         std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20; });
}

/// 0, 1, or 2 for everything above.
int major_of(std::string_view version) {
  std::string_view digits = version.substr(0, version.find('.'));
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return 0;
  return digits == "1" ? 1 : 2;
}

bool is_known_version(std::string_view version) {
  constexpr std::array<std::string_view, 6> kKnown = {"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"};
  return std::find(kKnown.begin(), kKnown.end(), version) != kKnown.end();
}

VersionRules rules_of(std::string_view version) {
  VersionRules rules;
  rules.package_info = version == "0.93" || version == "0.94" || version == "0.95";
  rules.loose_blanks = is_known_version(version) && version != "1.0";
  rules.percent_decoded = version == "1.0" || !is_known_version(version);
  rules.every_manifest = rules.percent_decoded;
  rules.repeats_refused = rules.percent_decoded;
  return rules;
}

Result<void> fail(Findings& findings, std::string_view rule, std::string text) {
  TRY_VOID(findings.add(name_problem(rule, kKind, kDeclarationFile, "The bag declaration is refused: " + text)));
  findings.fail(rule, std::string(kPrefix) + text);
  return {};
}

Result<void> judge_values(const Declaration& declaration, Rulebook rulebook, Findings& findings) {
  if (rulebook == Rulebook::archive && declaration.tag_files != Encoding::utf_8) {
    TRY_VOID(fail(findings, "A6", "encoding must be UTF-8"));
  } else if (!declaration.tag_files) {
    TRY_VOID(fail(findings, "A6", "encoding " + declaration.encoding + " is not supported"));
  }
  if (major_of(declaration.version) > 1) {
    TRY_VOID(fail(findings, "A7", "version " + declaration.version + " is not supported"));
  } else if (!is_known_version(declaration.version)) {
    TRY_VOID(findings.add(name_problem("W4", "unknown-version", kDeclarationFile,
                                       "BagIt version " + declaration.version + " is read by the rules of 1.0")));
  }
  return {};
}

Result<std::optional<Declaration>> read_lines(const std::vector<std::string>& lines, Rulebook rulebook,
                                              Findings& findings) {
  const auto version = value_of(lines[0], kVersionLabel);
  const auto encoding = value_of(lines[1], kEncodingLabel);
  bool version_good = version && is_version(version->text);
  const bool loose_allowed = !version_good || rules_of(version->text).loose_blanks;
  version_good = version_good && (loose_allowed || !version->loose);
  const bool encoding_good = encoding && is_encoding_name(encoding->text) && (loose_allowed || !encoding->loose);
  if (!version_good || !encoding_good) {
    TRY_VOID(fail(findings, "A5",
                  version_good    ? "encoding line was not correct"
                  : encoding_good ? "version line was not correct"
                                  : "not correctly formatted"));
    return std::optional<Declaration>();
  }
  const std::array<const Value*, 2> values = {&*version, &*encoding};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]->loose) continue;
    TRY_VOID(findings.add(line_problem("W3", "loose-whitespace", std::string(kDeclarationFile), i + 1,
                                       "Blanks around the colon or at the end of the line")));
  }
  Declaration declaration{std::string(version->text), std::string(encoding->text), parse_encoding(encoding->text),
                          rules_of(version->text)};
  TRY_VOID(judge_values(declaration, rulebook, findings));
  return std::optional(std::move(declaration));
}

}  // namespace

Result<std::optional<Declaration>> read_declaration(std::string_view bytes, Rulebook rulebook, Findings& findings) {
  std::string fault;
  std::string_view rule = "A3";
  if (bytes.size() > limits::kDeclarationMax) {
    rule = "A2";
    fault = "too large";
  } else if (!is_utf8(bytes)) {
    fault = "could not be decoded as UTF-8";
  } else if (bytes.starts_with("\xEF\xBB\xBF")) {
    fault = "must not begin with a byte order mark";
  }
  std::vector<std::string> lines;
  if (fault.empty()) {
    TextSource source{std::string(bytes)};
    TagLineReader reader(source, limits::kDeclarationMax);
    for (;;) {
      TRY(const TagLine* line, reader.next());
      if (line == nullptr) break;
      lines.emplace_back(line->text);
    }
    if (lines.size() != 2) {
      rule = "A4";
      fault = "expected 2 lines, got " + std::to_string(lines.size());
    }
  }
  if (!fault.empty()) {
    TRY_VOID(fail(findings, rule, std::move(fault)));
    return std::optional<Declaration>();
  }
  return read_lines(lines, rulebook, findings);
}

}  // namespace strongroom::bagit

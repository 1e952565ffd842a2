#include "transfers/report_message.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_text.hpp"
#include "base/text.hpp"

namespace strongroom::transfers {
namespace {

constexpr std::size_t kSectionMax = 2900;
constexpr std::size_t kMessageMax = 10'000;
constexpr std::size_t kBlocksMax = 45;
constexpr std::size_t kKeyMax = 500;
/// Of names that the configuration and Archivematica give: far above what is usual, and little beside a section.
constexpr std::size_t kNameMax = 40;
/// What a line may have: a section less the longest heading.
constexpr std::size_t kLineMax = kSectionMax - 150;
/// What a remark has at least, when everything before it is as long as can be.
constexpr std::size_t kRemarkMin = 100;
/// A summary with an environment of kNameMax characters, all of them escaped.
constexpr std::size_t kSummaryMax = 400;

/// One character of a text, or a byte that is none.
struct Step {
  std::size_t bytes;
  std::size_t units;  ///< in UTF-16
};

Step step_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  const auto point = next_code_point(text, end);
  if (!point) return {1, 1};
  return {end - at, *point > 0xFFFF ? std::size_t{2} : std::size_t{1}};
}

std::size_t count_steps(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += step_at(text, at).bytes) ++count;
  return count;
}

/// The part of the text behind `count` characters.
std::size_t offset_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; count > 0 && at < text.size(); --count) at += step_at(text, at).bytes;
  return at;
}

/// Of a longer text its beginning and its end.
std::string cut_in_the_middle(std::string_view text, std::size_t characters) {
  const std::size_t all = count_steps(text);
  if (all <= characters) return std::string(text);
  const std::size_t begin = (characters - 1) / 2;
  const std::size_t end = characters - 1 - begin;
  return std::string(text.substr(0, offset_of(text, begin))) + "\xE2\x80\xA6" +
         std::string(text.substr(offset_of(text, all - end)));
}

std::string_view escape_of(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    default:
      return {};
  }
}

/// As Slack wants it, and on one line; of a text that would become longer than `units` its beginning.
std::string escaped(std::string_view raw, std::size_t units) {
  constexpr std::string_view kCut = "...";
  const std::string text = one_line(raw);
  std::string all;
  std::size_t length = 0;
  std::size_t fits = 0;  // bytes of it beside which there is room for kCut
  for (std::size_t at = 0; at < text.size();) {
    const Step step = step_at(text, at);
    const std::string_view escape = escape_of(text[at]);
    length += escape.empty() ? step.units : escape.size();
    if (length > units) return all.substr(0, fits) + std::string(kCut);
    all += escape.empty() ? std::string_view(text).substr(at, step.bytes) : escape;
    if (length + kCut.size() <= units) fits = all.size();
    at += step.bytes;
  }
  return all;
}

std::string name_in_text(std::string_view name) { return escaped(cut_in_the_middle(name, kNameMax), kSectionMax); }

std::string line_of(const ReportEntry& entry, bool with_area) {
  const std::string begin = with_area ? name_in_text(entry.area) + ": - " : "- ";
  const bool has_id = entry.kind != ReportClass::stored && !entry.transfer_id.empty();
  const std::string id = has_id ? " (`" + name_in_text(entry.transfer_id) + "`)" : "";
  const std::size_t around = utf16_length(begin) + utf16_length(id);
  std::string line =
      begin + escaped(cut_in_the_middle(one_line(entry.key), kKeyMax), kLineMax - around - kRemarkMin) + id;
  if (!entry.remark.empty()) line += " - " + escaped(entry.remark, kLineMax - utf16_length(line) - 3);
  return line;
}

std::string environment_name(const ReportFrame& frame) {
  if (frame.environment == "prod") return "Archivematica";
  return "Archivematica (" + name_in_text(frame.environment) + ")";
}

std::string heading_of(ReportClass kind, bool is_production) {
  switch (kind) {
    case ReportClass::not_stored:
      return std::string(is_production ? "\xF0\x9F\x9A\xA8" : "\xE2\x9A\xA0\xEF\xB8\x8F") + " *Not stored*";
    case ReportClass::rejected:
      return "*Rejected, to be corrected and uploaded again*";
    case ReportClass::delayed:
      return "*Delayed, tried again until they get through*";
    case ReportClass::in_progress:
      return "*In progress*";
    case ReportClass::stored:
      break;
  }
  return "*Stored*";
}

/// `part`: ` (part 2 of 3)`, or nothing.
std::string summary_of(const ReportFrame& frame, bool is_empty, const std::string& part) {
  const std::string period = " in " + environment_name(frame) + " in the last " +
                             (frame.days == 1 ? "1 day" : std::to_string(frame.days) + " days") + part;
  return is_empty ? "Nothing happened" + period + "." : "This is what happened" + period + ":";
}

/// The texts of sections, each of one class.
std::vector<std::string> sections_of(const std::vector<ReportEntry>& entries, const ReportFrame& frame) {
  std::vector<std::string> sections;
  std::size_t length = 0;
  std::optional<ReportClass> kind;
  for (const ReportEntry& entry : entries) {
    const std::string line = line_of(entry, frame.several_areas);
    const std::size_t added = utf16_length(line) + 1;
    const bool is_other = kind != entry.kind;
    if (is_other || length + added > kSectionMax) {
      sections.push_back(heading_of(entry.kind, frame.environment == "prod") + (is_other ? "" : " (continued)"));
      length = utf16_length(sections.back());
      kind = entry.kind;
    }
    sections.back() += "\n" + line;
    length += added;
  }
  return sections;
}

std::string message_of(const std::vector<std::string>& texts) {
  std::string message;
  JsonWriter writer(message);
  writer.begin_object().member("username", "Archivematica transfer report").key("blocks").begin_array();
  for (const std::string& text : texts) {
    writer.begin_object().member("type", "section").key("text").begin_object();
    writer.member("type", "mrkdwn").member("text", text).end_object().end_object();
  }
  writer.end_array().end_object();
  return message;
}

}  // namespace

std::size_t utf16_length(std::string_view text) {
  std::size_t length = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Step step = step_at(text, at);
    length += step.units;
    at += step.bytes;
  }
  return length;
}

std::vector<std::string> report_messages(const std::vector<ReportEntry>& entries, const ReportFrame& frame) {
  std::vector<std::vector<std::string>> parts(1);
  std::size_t length = kSummaryMax;
  for (std::string& section : sections_of(entries, frame)) {
    const std::size_t added = utf16_length(section);
    if (parts.back().size() + 1 >= kBlocksMax || length + added > kMessageMax) {
      parts.emplace_back();
      length = kSummaryMax;
    }
    parts.back().push_back(std::move(section));
    length += added;
  }
  std::vector<std::string> messages;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string part =
        parts.size() > 1 ? " (part " + std::to_string(i + 1) + " of " + std::to_string(parts.size()) + ")" : "";
    std::vector<std::string> texts = std::move(parts[i]);
    texts.insert(texts.begin(), summary_of(frame, entries.empty(), part));
    messages.push_back(message_of(texts));
  }
  return messages;
}

}  // namespace strongroom::transfers

#include "transfers/feedback_log.hpp"

#include <map>
#include <set>

#include "base/text.hpp"
#include "transfers/shown_value.hpp"

namespace strongroom::transfers {
namespace {

constexpr std::size_t kKeyCharactersShown = 1024;
constexpr std::size_t kCauseCharactersShown = 500;

/// `2026-07-31 08:00:02`
std::string log_time(Instant instant) {
  std::string text = format_instant(instant).substr(0, 19);
  text[10] = ' ';
  return text;
}

std::string count_of(std::uint64_t count, std::string_view thing) {
  return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

/// One log, or the part of it that tells of the checks, while it is being composed line by line.
class LogText {
 public:
  LogText() = default;
  explicit LogText(const LogFrame& frame) : ends_(frame.ends) {
    line("@@ Logging starts at " + log_time(frame.begins) + " @@");
    line("Package " + escaped(frame.key, kKeyCharactersShown) + ", " + std::to_string(frame.size) +
         " bytes. Times are UTC.");
  }

  void line(std::string_view text) { text_.append(text).push_back('\n'); }

  void checks(const CheckReport& report) {
    // Findings are in the order of their checks.
    auto next = report.findings.kept().begin();
    for (const Check check : kChecks) {
      const auto number = static_cast<std::size_t>(check);
      line("== Check " + std::to_string(number) + ": " + std::string(name_of(check)) + " ==");
      const auto begin = next;
      while (next != report.findings.kept().end() && check_of(*next) == check) finding(*next++);
      if (begin != next) rests(report.findings, begin, next);
      if (const std::string& why = report.not_made[number - 1]; !why.empty()) {
        line("Not made: " + why + ".");
      } else if (begin == next) {
        line("Nothing found.");
      }
    }
  }

  [[nodiscard]] std::string part() { return std::move(text_); }
  [[nodiscard]] std::string end() { return std::move(text_) + "@@ Logging ends at " + log_time(ends_) + " @@"; }

 private:
  void finding(const Finding& finding) {
    const std::uint64_t nth = ++seen_[finding.code];
    if (nth > kFindingsShown) return;
    std::string place = escaped(finding.file);
    if (finding.line) place += " line " + std::to_string(*finding.line);
    if (!finding.column.empty()) place += ", column " + escaped(finding.column);
    std::string text = "[" + finding.code + "] ";
    if (finding.severity == Severity::warning) text += "warning: ";
    if (!place.empty()) text += place + ": ";
    line(text + finding.description);
    if (nth == 1) samples(finding.code);
  }

  void samples(const std::string& code) {
    const FindingCode* known = find_code(code);
    if (known == nullptr || (known->wrong.empty() && known->right.empty())) return;
    sample("  WRONG:  ", known->wrong.empty() ? "(an empty file)" : known->wrong);
    sample("  RIGHT:  ", known->right);
  }

  void sample(std::string_view label, std::string_view lines) {
    for (const std::string_view text : split(lines, '\n')) {
      line(std::string(label) + std::string(text));
      label = "          ";
    }
  }

  /// How many of each code of one check are not shown.
  void rests(const FindingList& findings, Findings::const_iterator begin, Findings::const_iterator end) {
    std::set<std::string> codes;
    for (auto finding = begin; finding != end; ++finding) codes.insert(finding->code);
    for (const std::string& code : codes) {
      const std::uint64_t all = findings.counts().at(code);
      if (all > kFindingsShown) line("[" + code + "] " + with_thousands(all - kFindingsShown) + " more are not shown.");
    }
  }

  Instant ends_;
  std::string text_;
  std::map<std::string, std::uint64_t> seen_;
};

void transfer_id_line(LogText& log, std::string_view transfer_id) {
  if (!transfer_id.empty()) log.line("Archivematica transfer ID: " + escaped(transfer_id));
}

}  // namespace

std::string counts_of(const FindingList& findings) {
  return count_of(findings.problems(), "problem") + ", " + count_of(findings.warnings(), "warning");
}

std::string checks_text(const CheckReport& checks) {
  LogText text;
  text.checks(checks);
  return text.part();
}

std::string received_log(const LogFrame& frame) {
  LogText log(frame);
  log.line(
      "Result: RECEIVED, the package has arrived and waits for its checks. Another log will tell how they ended; "
      "nothing needs to be done.");
  return log.end();
}

std::string delayed_log(const LogFrame& frame, std::string_view cause, Instant since, const CheckReport* checks) {
  LogText log(frame);
  if (checks != nullptr) log.checks(*checks);
  log.line(
      "Result: DELAYED, since " + log_time(since) + ": " + escaped(cause, kCauseCharactersShown) +
      ". The package is not at fault and nothing needs to be done: it is tried again without being uploaded again.");
  return log.end();
}

std::string rejected_log(const LogFrame& frame, const CheckReport& checks) {
  LogText log(frame);
  log.checks(checks);
  log.line("Result: REJECTED, " + counts_of(checks.findings) +
           ". Nothing was sent to Archivematica. Correct the package and upload it again.");
  return log.end();
}

std::string failed_log(const LogFrame& frame, FailureReason reason, std::string_view detail, const CheckReport* checks,
                       std::string_view transfer_id) {
  LogText log(frame);
  if (checks != nullptr) log.checks(*checks);
  transfer_id_line(log, transfer_id);
  log.line("Result: FAILED, " + std::string(name_of(reason)) + ". " + failure_text(reason, detail));
  return log.end();
}

std::string accepted_log(const LogFrame& frame, const CheckReport& checks, std::string_view transfer_id,
                         const std::optional<ExpectedBag>& bag) {
  LogText log(frame);
  log.checks(checks);
  if (bag) {
    std::string text =
        "This package becomes the bag " + shown(bag->external_identifier) + " in the space " + shown(bag->space) + ".";
    if (!bag->latest_version.empty()) {
      text += " That bag exists already, in version " + escaped(bag->latest_version) +
              ": this will be a new version of it.";
    }
    log.line(text);
  }
  log.line("Result: ACCEPTED, " + counts_of(checks.findings) + ". Archivematica has taken the package.");
  transfer_id_line(log, transfer_id);
  return log.end();
}

}  // namespace strongroom::transfers

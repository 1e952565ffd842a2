// The monitor's report: which packages it tells of, in which class, and with what words (transfers.md 12.2 to 12.4).
//
// What is not stored, rejected, delayed or in progress is told in every report until it changes, is resolved or
// dismissed; what is stored, once. The messages are composed by report_message.hpp. Plain values and pure functions:
// any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/transfer.hpp"

namespace strongroom::transfers {

/// In the order of the report.
enum class ReportClass : std::uint8_t { not_stored, rejected, delayed, in_progress, stored };

/// What the record does not tell, found out afresh for the report.
struct ReportFacts {
  bool safely_stored = false;  ///< of a stored one: a verified copy wherever its space requires one, none damaged
  bool gone = false;           ///< its object is no longer there
};

/// One package in a report.
struct ReportEntry {
  ReportClass kind = ReportClass::in_progress;
  std::string id;    ///< of the record
  std::string area;  ///< its name
  std::string key;
  std::string transfer_id{};  ///< Archivematica's; empty when there is none
  std::string remark{};       ///< reason, number of problems, cause or age; of a stored one, what is unexpected of it
  bool told_gone = false;  ///< it is told as removed, which is done once: `reported_gone`, when the report is accepted
};

/// Nothing for one that the report leaves out.
[[nodiscard]] std::optional<ReportEntry> report_entry(const Transfer& transfer, const ReportFacts& facts, Instant now,
                                                      Duration overdue_after);

/// In the order of the report: by class, area, key and id.
void sort_report(std::vector<ReportEntry>& entries);

/// Over how many days a report tells: since the last accepted one began, rounded up, at least 1; 14 for the first. A
/// quarter of an hour more does not make another day, so that a weekly report says 7 though it began a second later.
[[nodiscard]] int report_days(std::optional<Instant> last_began, Instant now);

}  // namespace strongroom::transfers

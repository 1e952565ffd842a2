#include "transfers/report.hpp"

#include <algorithm>
#include <tuple>

namespace strongroom::transfers {
namespace {

std::string counted(std::int64_t number, std::string_view what) {
  return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
}

/// Rounded down to whole minutes, hours or days.
std::string age_text(Duration age) {
  const auto full_days = std::chrono::floor<std::chrono::days>(age).count();
  if (full_days >= 2) return counted(full_days, "day");
  const auto full_hours = std::chrono::floor<std::chrono::hours>(age).count();
  if (full_hours >= 1) return counted(full_hours, "hour");
  const auto full_minutes = std::chrono::floor<std::chrono::minutes>(age).count();
  return counted(std::max<std::int64_t>(full_minutes, 0), "minute");
}

bool is_at_archivematica(const Transfer& transfer) {
  return transfer.state == TransferState::accepted || transfer.state == TransferState::processing;
}

bool is_before_archivematica(const Transfer& transfer) {
  return transfer.state == TransferState::received || transfer.state == TransferState::checking ||
         transfer.state == TransferState::submitting;
}

Duration age_of(const Transfer& transfer, Instant now) {
  return now - (is_at_archivematica(transfer) ? transfer.accepted.value_or(transfer.created) : transfer.created);
}

/// What people have to know of one that Archivematica has; empty when nothing.
std::string waits_for(const Transfer& transfer) {
  if (!transfer.archivematica) return "";
  if (transfer.archivematica->sip_id == "BACKLOG") return ", lies in Archivematica's backlog";
  if (transfer.archivematica->status == "USER_INPUT") return ", waits for a decision in Archivematica";
  return "";
}

constexpr std::string_view kLost = "its file was replaced or removed after Archivematica took it";

/// With what has become of the file by the time that it was to be marked.
ReportEntry with_loss(const Transfer& transfer, ReportEntry entry) {
  if (transfer.object_lost) entry.remark += (entry.remark.empty() ? "" : "; ") + std::string(kLost);
  return entry;
}

std::string reason_text(const TransferReason& reason) {
  return reason.description.empty() ? reason.code : reason.description;
}

/// Of a failed one; nothing when it is left out.
std::optional<ReportEntry> failed_entry(const Transfer& transfer, const ReportFacts& facts, ReportEntry entry) {
  const std::string code = transfer.reason ? transfer.reason->code : std::string(transfer_reason::kInternal);
  // Its successor is told instead.
  if (code == transfer_reason::kReplaced) return std::nullopt;
  entry.kind = ReportClass::not_stored;
  entry.told_gone = facts.gone || code == transfer_reason::kVanished;
  if (entry.told_gone) {
    if (transfer.reported_gone) return std::nullopt;
    entry.remark = "removed before it was stored";
    return entry;
  }
  entry.remark = transfer.reason ? reason_text(*transfer.reason) : code;
  return with_loss(transfer, std::move(entry));
}

ReportEntry unfinished_entry(const Transfer& transfer, Instant now, Duration overdue_after, ReportEntry entry) {
  const Duration age = age_of(transfer, now);
  if (transfer.held && is_before_archivematica(transfer)) {
    entry.kind = ReportClass::not_stored;
    entry.remark = "held for " + age_text(age) + ": an operator has to start or dismiss it";
  } else if (is_at_archivematica(transfer) && age > overdue_after) {
    entry.kind = ReportClass::not_stored;
    entry.remark = "not stored " + age_text(age) + " after Archivematica took it" + waits_for(transfer);
  } else if (is_before_archivematica(transfer) && transfer.delay) {
    entry.kind = ReportClass::delayed;
    entry.remark = transfer.delay->cause;
  } else {
    entry.kind = ReportClass::in_progress;
    entry.remark = "for " + age_text(age) + waits_for(transfer);
  }
  return entry;
}

}  // namespace

std::optional<ReportEntry> report_entry(const Transfer& transfer, const ReportFacts& facts, Instant now,
                                        Duration overdue_after) {
  ReportEntry entry{.id = transfer.id, .area = transfer.area, .key = transfer.key};
  if (transfer.archivematica) entry.transfer_id = transfer.archivematica->transfer_id;
  if (transfer.state == TransferState::stored) {
    // Told once; what becomes of its copies later is the storage's to tell.
    if (transfer.reported_stored) return std::nullopt;
    entry.kind = facts.safely_stored ? ReportClass::stored : ReportClass::in_progress;
    if (facts.safely_stored && transfer.bag) entry.remark = transfer.bag->note;
    if (!facts.safely_stored)
      entry.remark = transfer.label() + ", but a required copy is not there, verified and whole";
    return with_loss(transfer, std::move(entry));
  }
  if (!transfer.is_unresolved()) return std::nullopt;
  if (transfer.state == TransferState::failed) return failed_entry(transfer, facts, std::move(entry));
  if (transfer.state == TransferState::rejected) {
    entry.kind = ReportClass::rejected;
    const auto problems = std::ranges::count(transfer.findings, TransferSeverity::problem, &TransferFinding::severity);
    // Of one that was adopted, only its log knows.
    entry.remark = problems == 0 ? "its log tells why" : counted(problems, "problem");
    return entry;
  }
  return with_loss(transfer, unfinished_entry(transfer, now, overdue_after, std::move(entry)));
}

void sort_report(std::vector<ReportEntry>& entries) {
  const auto place = [](const ReportEntry& entry) { return std::tie(entry.kind, entry.area, entry.key, entry.id); };
  std::ranges::sort(entries, [&](const ReportEntry& a, const ReportEntry& b) { return place(a) < place(b); });
}

int report_days(std::optional<Instant> last_began, Instant now) {
  constexpr int kFirst = 14;
  constexpr Duration kTolerance = std::chrono::minutes(15);
  if (!last_began) return kFirst;
  const auto full = std::chrono::ceil<std::chrono::days>(now - *last_began - kTolerance).count();
  return static_cast<int>(std::max<std::int64_t>(full, 1));
}

}  // namespace strongroom::transfers

#include "transfers/reporting.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "domain/json_members.hpp"

namespace strongroom::transfers {
namespace {

constexpr const char* kReport = "monitor.report";
constexpr const char* kAccepted = "monitor.accepted";

constexpr Duration kFirstPause = std::chrono::seconds(5);
constexpr Duration kLongestPause = std::chrono::minutes(1);
/// For so long failures of one message are retried.
constexpr Duration kRetriedFor = std::chrono::minutes(10);
/// And for so long it is put off by whoever receives it.
constexpr Duration kPutOffFor = std::chrono::hours(2);
/// A long wait is cut, so that the right to run lasts.
constexpr Duration kSlice = std::chrono::minutes(1);
constexpr int kTooManyRequests = 429;

constexpr std::array<std::pair<ReportClass, std::string_view>, 5> kClasses = {{
    {ReportClass::not_stored, "not-stored"},
    {ReportClass::rejected, "rejected"},
    {ReportClass::delayed, "delayed"},
    {ReportClass::in_progress, "in-progress"},
    {ReportClass::stored, "stored"},
}};

Result<ReportEntry> parse_entry(const JsonMembers& json) {
  ReportEntry entry;
  TRY(const std::string kind, json.text("class"));
  const auto known = std::ranges::find(kClasses, kind, [](const auto& one) { return one.second; });
  if (known == kClasses.end()) return broken("a report has an unknown class", kind, Reason::corrupt);
  entry.kind = known->first;
  TRY(entry.id, json.text("transfer"));
  TRY(entry.area, json.text("area"));
  TRY(entry.key, json.text("key"));
  TRY(entry.transfer_id, json.text("transferId"));
  TRY(entry.remark, json.text("remark"));
  TRY(entry.told_gone, json.boolean("removed"));
  return entry;
}

/// How long the next attempt may wait, and how long all of them.
class Patience {
 public:
  explicit Patience(Duration now) : give_up_(now + kRetriedFor), put_off_until_(now + kPutOffFor) {}

  /// After an attempt in vain; nothing when it was the last one.
  std::optional<Duration> pause(const WebhookAnswer& answer, Duration now) {
    if (answer.status == kTooManyRequests && answer.retry_after) {
      const Duration asked = std::chrono::seconds(std::max(*answer.retry_after, 1));
      if (now + asked > put_off_until_) return std::nullopt;
      // Being put off is no failure.
      give_up_ += asked;
      return asked;
    }
    const Duration pause = std::exchange(next_, std::min(2 * next_, kLongestPause));
    return now + pause > give_up_ ? std::nullopt : std::optional(pause);
  }

 private:
  Duration give_up_;
  Duration put_off_until_;
  Duration next_ = kFirstPause;
};

}  // namespace

std::string_view name_of(ReportClass kind) {
  return std::ranges::find(kClasses, kind, [](const auto& one) { return one.first; })->second;
}

void write_entry(JsonWriter& writer, const ReportEntry& entry) {
  writer.begin_object().member("class", name_of(entry.kind)).member("transfer", entry.id).member("area", entry.area);
  writer.member("key", entry.key).member("transferId", entry.transfer_id).member("remark", entry.remark);
  writer.member("removed", entry.told_gone).end_object();
}

std::string write_report(const Report& report) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().member("id", report.id).member("began", format_instant(report.began));
  writer.member("days", report.days).key("packages").begin_array();
  for (const ReportEntry& entry : report.entries) write_entry(writer, entry);
  writer.end_array().key("messages").begin_array();
  for (const std::string& message : report.messages) writer.text(message);
  writer.end_array().end_object();
  return json;
}

Result<Report> parse_report(std::string_view json) {
  TRY(const JsonMembers members, JsonMembers::parse(json));
  Report report;
  TRY(report.id, members.text("id"));
  TRY(report.began, members.instant("began"));
  TRY(const std::uint64_t days, members.number("days"));
  report.days = static_cast<int>(std::min<std::uint64_t>(days, 1'000'000));
  TRY(const auto entries, members.objects("packages"));
  for (const JsonMembers& one : entries) {
    TRY(ReportEntry entry, parse_entry(one));
    report.entries.push_back(std::move(entry));
  }
  TRY(report.messages, members.texts("messages"));
  return report;
}

Result<std::optional<Report>> Reporting::unfinished() {
  TRY(const std::string kept, needs_.transfers.transfer_fact(kReport));
  if (kept.empty()) return std::optional<Report>();
  TRY(Report report, parse_report(kept));
  if (needs_.clock.now() - report.began >= kWithin) {
    // Accepted already, it only has to be followed up.
    TRY(const std::size_t done, accepted(report));
    if (done < report.messages.size()) return std::optional<Report>();
  }
  return std::optional<Report>(std::move(report));
}

Result<void> Reporting::keep(const Report& report) {
  return needs_.transfers.set_transfer_fact(kReport, write_report(report));
}

Result<std::size_t> Reporting::accepted(const Report& report) {
  TRY(const std::string kept, needs_.transfers.transfer_fact(kAccepted));
  const std::size_t space = kept.find(' ');
  if (space == std::string::npos || kept.substr(0, space) != report.id) return std::size_t{0};
  return static_cast<std::size_t>(parse_number(std::string_view(kept).substr(space + 1)).value_or(0));
}

Result<void> Reporting::wait(Duration time, const StillMine& still_mine, const std::stop_token& stop) {
  for (const Duration end = needs_.clock.since_boot() + time; needs_.clock.since_boot() < end;) {
    if (!needs_.clock.wait_until(std::min(end, needs_.clock.since_boot() + kSlice), stop)) {
      return temporary("asked to stop", {}, Reason::stopped);
    }
    TRY_VOID(still_mine());
  }
  return {};
}

Result<std::optional<std::string>> Reporting::send_one(const Report& report, std::size_t index, ReportOutput& output,
                                                       const StillMine& still_mine, const std::stop_token& stop) {
  for (std::optional<Patience> patience;;) {
    if (stop.stop_requested()) return temporary("asked to stop", {}, Reason::stopped);
    TRY_VOID(still_mine());
    const WebhookAnswer answer = output.send(report, index);
    if (answer.kind == WebhookAnswer::Kind::accepted) return std::optional<std::string>();
    needs_.journal.write(LogLevel::warning, "report_not_accepted",
                         {{"report", report.id},
                          {"message", std::to_string(index + 1)},
                          {"status", std::to_string(answer.status)},
                          {"error", answer.message}});
    const Duration now = needs_.clock.since_boot();
    if (!patience) patience.emplace(now);
    const auto pause = patience->pause(answer, now);
    if (!pause) return std::optional(answer.message.empty() ? std::string("it was not accepted") : answer.message);
    TRY_VOID(wait(*pause, still_mine, stop));
  }
}

Result<std::optional<std::string>> Reporting::send(const Report& report, ReportOutput& output,
                                                   const StillMine& still_mine, const std::stop_token& stop) {
  TRY(std::size_t done, accepted(report));
  for (; done < report.messages.size(); ++done) {
    TRY(auto refused, send_one(report, done, output, still_mine, stop));
    if (refused) return refused;
    TRY_VOID(needs_.transfers.set_transfer_fact(kAccepted, report.id + " " + std::to_string(done + 1)));
  }
  return std::optional<std::string>();
}

Result<void> Reporting::finish() { return needs_.transfers.set_transfer_fact(kReport, ""); }

}  // namespace strongroom::transfers

// Reporting: a report on its way to those who read it (transfers.md 12.1, 12.5).
//
// Its messages are composed once and kept before the first is sent, so that a run that was cut off goes on with the
// message that was not accepted yet. One thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_text.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"
#include "ports/transfers.hpp"
#include "ports/webhook.hpp"
#include "transfers/report.hpp"

namespace strongroom::transfers {

/// A composed report.
struct Report {
  std::string id;  ///< UUID
  Instant began;
  int days = 1;
  std::vector<ReportEntry> entries{};
  std::vector<std::string> messages{};  ///< JSON, in order

  friend bool operator==(const Report&, const Report&) = default;
};
/// `not-stored`, `rejected`, `delayed`, `in-progress` or `stored`.
[[nodiscard]] std::string_view name_of(ReportClass kind);
/// As an object of JSON.
void write_entry(JsonWriter& writer, const ReportEntry& entry);
[[nodiscard]] std::string write_report(const Report& report);
/// Reason::corrupt for anything else.
[[nodiscard]] Result<Report> parse_report(std::string_view json);

/// Where reports go: a chat, files, standard output. Blocks its caller; one thread.
class ReportOutput {
 public:
  virtual ~ReportOutput() = default;
  /// The message with this index. One that may have been taken before is given again.
  virtual WebhookAnswer send(const Report& report, std::size_t index) = 0;
};

/// Everything outlives the reporting.
struct ReportingNeeds {
  Transfers& transfers;
  Clock& clock;
  Log& journal;
};

/// Called before each effect; an Error of it ends what was begun.
using StillMine = std::function<Result<void>()>;

class Reporting {
 public:
  /// What could not be reported within that time is told by a new report.
  static constexpr Duration kWithin = std::chrono::hours(24);

  explicit Reporting(const ReportingNeeds& needs) : needs_(needs) {}

  /// The report that is not finished and still to be. An Error is the catalogue's, here and below.
  Result<std::optional<Report>> unfinished();
  /// The same, as it is with every report before anything is sent of it.
  Result<void> keep(const Report& report);
  /// How many of its messages were accepted.
  Result<std::size_t> accepted(const Report& report);
  /// Sends what was not accepted yet; why it could not be, or nothing once everything was. Reason::stopped when asked
  /// to stop.
  Result<std::optional<std::string>> send(const Report& report, ReportOutput& output, const StillMine& still_mine,
                                          const std::stop_token& stop);
  /// Nothing is left to do for it.
  Result<void> finish();

 private:
  Result<std::optional<std::string>> send_one(const Report& report, std::size_t index, ReportOutput& output,
                                              const StillMine& still_mine, const std::stop_token& stop);
  Result<void> wait(Duration time, const StillMine& still_mine, const std::stop_token& stop);

  const ReportingNeeds& needs_;
};

}  // namespace strongroom::transfers

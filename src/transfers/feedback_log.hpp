// The texts that answer an upload (transfers.md 5.4): received, delayed, rejected, failed, accepted.
//
// UTF-8 without byte-order mark, lines ended by LF but for the last. Pure functions: the same values give the same
// bytes, so that a log can be written again. Nothing from a package can break a line in them. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "transfers/examination.hpp"
#include "transfers/failure.hpp"

namespace strongroom::transfers {

/// Findings of one code that a log shows; of the rest it gives the number.
inline constexpr std::uint64_t kFindingsShown = 200;

/// What every log begins and ends with.
struct LogFrame {
  std::string key;
  std::uint64_t size = 0;  ///< bytes of the package
  Instant begins;
  Instant ends;
};

/// The bag that a package becomes.
struct ExpectedBag {
  std::string space;
  std::string external_identifier;
  std::string latest_version;  ///< `v3`, of which this will be the successor; empty when there is none yet
};

/// The part of every log that tells of the checks: a heading for each, its findings and samples. Ends with a line feed.
[[nodiscard]] std::string checks_text(const CheckReport& checks);
/// `1 problem, 2 warnings`
[[nodiscard]] std::string counts_of(const FindingList& findings);

[[nodiscard]] std::string received_log(const LogFrame& frame);

/// `cause` is plain words without full stop, address, user name or key; `checks` when they were made already.
[[nodiscard]] std::string delayed_log(const LogFrame& frame, std::string_view cause, Instant since,
                                      const CheckReport* checks = nullptr);

[[nodiscard]] std::string rejected_log(const LogFrame& frame, const CheckReport& checks);

/// `detail` as failure_text() has it; `transfer_id` when Archivematica had taken the package.
[[nodiscard]] std::string failed_log(const LogFrame& frame, FailureReason reason, std::string_view detail,
                                     const CheckReport* checks = nullptr, std::string_view transfer_id = {});

[[nodiscard]] std::string accepted_log(const LogFrame& frame, const CheckReport& checks, std::string_view transfer_id,
                                       const std::optional<ExpectedBag>& bag);

}  // namespace strongroom::transfers

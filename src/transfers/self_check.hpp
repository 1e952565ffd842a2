// The self-check: what a set-up has, as it was looked at, judged item by item (transfers.md 15).
//
// Pure functions over what was gathered; texts hold no user or key. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ports/archivematica.hpp"
#include "transfers/alarm.hpp"
#include "transfers/in_hand.hpp"

namespace strongroom::transfers {

enum class CheckStatus : std::uint8_t { ok, warning, missing };
/// `ok`, `warning`, `MISSING`
[[nodiscard]] std::string_view name_of(CheckStatus status);

struct CheckItem {
  int number = 0;    ///< of transfers.md 15
  std::string what;  ///< what was looked at: `area main`, `archivematica.dashboard.apiKey`; the same in every check
  CheckStatus status = CheckStatus::ok;
  std::string found;     ///< in a sentence
  std::string advice{};  ///< what to do and where; of one that is missing never empty
  /// As others tell operators of it who meet it: names of transfers/problems.hpp; empty: it is met here only.
  std::vector<std::string> problems{};
  std::string told{};  ///< what they say of it then
  friend bool operator==(const CheckItem&, const CheckItem&) = default;
};

[[nodiscard]] bool is_missing(const CheckItem& item);
[[nodiscard]] CheckItem fine(int number, std::string what, std::string found);
[[nodiscard]] CheckItem doubtful(int number, std::string what, std::string found, std::string advice);
[[nodiscard]] CheckItem missing(int number, std::string what, std::string found, std::string advice);
/// What was asked answered with an Error; with where it arose.
[[nodiscard]] CheckItem missing(int number, std::string what, const Error& error, std::string advice);

/// The same item, told of as others do who meet it.
[[nodiscard]] CheckItem known_as(CheckItem item, std::vector<std::string> problems, std::string told = {});

/// Item 5: the transfer source of each area and prefix. `sources` are those of the area's kind.
[[nodiscard]] CheckItem judge_source(const AreaInUse& area, const Prefix& prefix,
                                     const std::vector<SourceArea>& sources);
/// Item 6: as the dashboard tells it; empty when it does not.
[[nodiscard]] CheckItem judge_version(const std::string& version);
/// Item 7: one for each name that the prefixes need.
[[nodiscard]] std::vector<CheckItem> judge_configurations(const std::vector<Prefix>& prefixes,
                                                          const std::vector<std::string>& names);

/// What a server's clock said when ours said something else.
struct ClockSeen {
  std::string server;  ///< for people
  Instant theirs;
  Instant ours;
};
/// Item 9: the furthest of them decides.
[[nodiscard]] CheckItem judge_clock(const std::vector<ClockSeen>& seen);

/// Into the log, and to operators as far as something is missing, each problem once; what is missing no longer is over.
void tell_findings(const std::vector<CheckItem>& items, Alarm& alarm, Log& journal);

}  // namespace strongroom::transfers

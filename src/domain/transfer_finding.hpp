// What checking a transfer package found: one thing each, with a stable code (transfers.md 6.3, 7 to 9).
//
// Problems reject a package, warnings never do. Plain values: what is written of them is a pure function of the value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace strongroom {

enum class TransferSeverity : std::uint8_t { problem, warning };

struct TransferFinding {
  std::string code;  ///< `META-ROWS`, `W-DATE` …
  TransferSeverity severity = TransferSeverity::problem;
  std::string file{};                   ///< member of the package; empty when the finding is of the package itself
  std::optional<std::uint64_t> line{};  ///< physical line of `file`, counted from 1
  std::string column{};                 ///< its heading; empty when none
  std::string value{};                  ///< offending bytes as they stand there; empty when none
  std::string description{};            ///< what is wrong and how to put it right; values in it are escaped

  friend bool operator==(const TransferFinding&, const TransferFinding&) = default;
};

}  // namespace strongroom

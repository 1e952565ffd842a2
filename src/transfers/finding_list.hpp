// FindingList: what the checks of one package have found so far, bounded however bad the package is.
//
// Of each code the first 10,000 are kept, all are counted: a hostile rights.csv could otherwise make millions. Whether
// a code is a warning is in its name (`W-`). Plain values; one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "transfers/finding.hpp"

namespace strongroom::transfers {

/// Findings of one code that are kept.
inline constexpr std::uint64_t kFindingsKept = 10'000;

[[nodiscard]] inline Severity severity_of(std::string_view code) {
  return code.starts_with("W-") ? Severity::warning : Severity::problem;
}

class FindingList {
 public:
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;

  FindingList() = default;
  /// As kept() and counts() gave them, for a list that was written down.
  FindingList(Findings kept, Counts counts) : kept_(std::move(kept)), counts_(std::move(counts)) {}

  /// The severity is set by the code.
  void add(Finding finding) {
    finding.severity = severity_of(finding.code);
    if (++counts_[finding.code] <= kFindingsKept) kept_.push_back(std::move(finding));
  }
  void add(const Findings& findings) {
    for (const Finding& finding : findings) add(finding);
  }

  [[nodiscard]] const Findings& kept() const { return kept_; }
  /// How many of each code were found, also those that are not kept.
  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] std::uint64_t problems() const { return count(Severity::problem); }
  [[nodiscard]] std::uint64_t warnings() const { return count(Severity::warning); }
  /// Puts the kept ones in the order that `before` says; equal ones stay as they are.
  void sort(bool (*before)(const Finding&, const Finding&));

  friend bool operator==(const FindingList&, const FindingList&) = default;

 private:
  [[nodiscard]] std::uint64_t count(Severity severity) const;

  Findings kept_;
  Counts counts_;
};

}  // namespace strongroom::transfers

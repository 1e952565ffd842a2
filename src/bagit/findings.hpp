// Findings: where every rule of a check says what it found.
//
// Problems go to a ProblemSink at once, each of them, so memory does not grow with their number; Findings keeps the
// counts and the one text an ingest's event shows: that of the first failing rule in table order. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "domain/problem.hpp"

namespace strongroom::bagit {

/// Names or lines for a text: only the smallest in byte order are kept, as many as a text can show; all are counted.
class NameList {
 public:
  /// At most `names_max` names, and none that begins beyond the length of the longest event text.
  explicit NameList(std::size_t names_max = SIZE_MAX) : names_max_(names_max) {}

  void add(std::string_view name);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// Those kept, in byte order, joined by `, `, each after `before_each`.
  [[nodiscard]] std::string text(std::string_view before_each = {}) const;
  /// How many are not in text(), where names_max was the reason or the text's length.
  [[nodiscard]] std::uint64_t left_out() const { return count_ - kept_.size(); }

 private:
  std::size_t names_max_;
  std::multiset<std::string> kept_;
  std::size_t kept_bytes_ = 0;
  std::uint64_t count_ = 0;
};

class Findings {
 public:
  /// `sink` outlives this.
  explicit Findings(ProblemSink& sink) : sink_(sink) {}

  /// An error or a warning, for the report.
  Result<void> add(Problem problem);
  /// The event text of a failing rule. Kept when no rule before it has failed; of the same rule the first text stays.
  /// Rule names sort in the order of the table (bag-acceptance.md 6): a letter, then a digit.
  void fail(std::string_view rule, std::string text);

  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }
  [[nodiscard]] std::uint64_t problems() const { return problems_; }
  [[nodiscard]] std::uint64_t warnings() const { return warnings_; }

 private:
  ProblemSink& sink_;
  std::string failed_rule_;
  std::optional<std::string> failure_;
  std::uint64_t problems_ = 0;
  std::uint64_t warnings_ = 0;
};

/// A problem about one line of a tag file.
[[nodiscard]] Problem line_problem(std::string_view rule, std::string_view kind, const std::string& file,
                                   std::uint64_t line, std::string_view description);
/// A problem about one name.
[[nodiscard]] Problem name_problem(std::string_view rule, std::string_view kind, std::string_view name,
                                   std::string_view description);
/// The beginning of a line, whole characters, for Problem::actual.
[[nodiscard]] std::string excerpt(std::string_view line);

}  // namespace strongroom::bagit

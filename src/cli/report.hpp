// `strongroom report`: what was found about an ingest's bag, grouped by rule.
//
// The service lists everything without a cap; it is read as it arrives and only the first few of each rule are kept.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command_tree.hpp"
#include "cli/json_tree.hpp"
#include "cli/paint.hpp"

namespace strongroom::cli {

/// Findings of one rule and kind.
struct Finding {
  std::string rule;
  std::string kind;
  std::uint64_t count = 0;
  std::vector<std::string> first;  ///< a line each
};

struct StageView {
  JsonTree stage;  ///< without its problems and warnings
  std::vector<Finding> problems;
  std::vector<Finding> warnings;
};

/// Collects a report that arrives element by element.
class ReportReader {
 public:
  explicit ReportReader(std::size_t first) : first_(first) {}

  /// The arrays it wants element by element.
  static std::vector<std::string> streamed() { return {"stages", "problems", "warnings"}; }
  void take(const std::string& array, const JsonTree& element);
  /// The report for people; `document` is what was not handed over.
  [[nodiscard]] std::string text(const JsonTree& document, const Paint& paint) const;

 private:
  std::size_t first_;
  std::vector<Finding> problems_;  ///< of the stage that is being read
  std::vector<Finding> warnings_;
  std::vector<StageView> stages_;
};

[[nodiscard]] Command report_command();

}  // namespace strongroom::cli

// `strongroom report`: what was found about an ingest's bag, grouped by rule.
//
// The service lists everything without a cap; it is read as it arrives and only the first few of each rule are kept.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command_tree.hpp"
#include "cli/findings_view.hpp"
#include "cli/json_tree.hpp"
#include "cli/paint.hpp"

namespace strongroom::cli {

struct StageView {
  JsonTree stage;  ///< without its problems and warnings
  FindingsView problems;
  FindingsView warnings;
};

/// Collects a report that arrives element by element.
class ReportReader {
 public:
  explicit ReportReader(std::size_t first) : first_(first), problems_(first), warnings_(first) {}

  /// The arrays it wants element by element.
  static std::vector<std::string> streamed() { return {"stages", "problems", "warnings"}; }
  void take(const std::string& array, const JsonTree& element);
  /// The report for people; `document` is what was not handed over.
  [[nodiscard]] std::string text(const JsonTree& document, const Paint& paint) const;

 private:
  std::size_t first_;
  FindingsView problems_;  ///< of the stage that is being read
  FindingsView warnings_;
  std::vector<StageView> stages_;
};

[[nodiscard]] Command report_command();

}  // namespace strongroom::cli

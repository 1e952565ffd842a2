// Findings for people: grouped by rule and kind, counted, with the first few of each.
// Plain values; one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/json_tree.hpp"
#include "cli/paint.hpp"

namespace strongroom::cli {

class FindingsView {
 public:
  /// `first`: how many of each rule and kind are shown.
  explicit FindingsView(std::size_t first) : first_(first) {}

  /// One problem object, as a report has it (http-api.md 4.7).
  void add(const JsonTree& problem);
  /// Two lines or more for each rule and kind, in the order they came; `noun` counts them, `tone` is a status.
  [[nodiscard]] std::string text(const std::string& noun, const Paint& paint, const char* tone) const;

 private:
  struct Group {
    std::string rule;
    std::string kind;
    std::uint64_t count = 0;
    std::vector<std::string> first;  ///< a line each
  };
  std::size_t first_;
  std::vector<Group> groups_;
};

}  // namespace strongroom::cli

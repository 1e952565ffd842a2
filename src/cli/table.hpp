// Rows in aligned columns for people, and in columns with tabs between them for programs.
//
// Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "cli/paint.hpp"

namespace strongroom::cli {

struct Cell {
  std::string text;    ///< on one line
  std::string status;  ///< of which word it has the colour; empty for none
};
using Row = std::vector<Cell>;

class Table {
 public:
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}
  void add(Row row) { rows_.push_back(std::move(row)); }

  /// With headings; the columns are as wide as their widest cell. Nothing at all without rows.
  [[nodiscard]] std::string aligned(const Paint& paint) const;
  /// A line a row, tabs between its cells, no headings.
  [[nodiscard]] std::string plain() const;

 private:
  std::vector<std::string> headings_;
  std::vector<Row> rows_;
};

}  // namespace strongroom::cli

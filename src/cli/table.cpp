#include "cli/table.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace strongroom::cli {

std::string Table::aligned(const Paint& paint) const {
  if (rows_.empty()) return {};
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < headings_.size(); ++i) {
    std::size_t width = count_characters(headings_[i]);
    for (const Row& row : rows_) width = std::max(width, count_characters(row.at(i).text));
    widths.push_back(width);
  }
  // The last column is not filled: blanks at the end of a line are nobody's friend.
  const auto fill = [&](std::size_t i, const std::string& text) {
    if (i + 1 == headings_.size()) return std::string();
    return std::string(widths[i] - count_characters(text) + 2, ' ');
  };
  std::string out;
  for (std::size_t i = 0; i < headings_.size(); ++i) out += paint.bold(headings_[i]) + fill(i, headings_[i]);
  out += "\n";
  for (const Row& row : rows_) {
    for (std::size_t i = 0; i < headings_.size(); ++i) {
      out += paint.status(row[i].status, row[i].text) + fill(i, row[i].text);
    }
    out += "\n";
  }
  return out;
}

std::string Table::plain() const {
  std::string out;
  for (const Row& row : rows_) {
    std::vector<std::string> texts;
    for (const Cell& cell : row) texts.push_back(cell.text);
    out += join(texts, "\t") + "\n";
  }
  return out;
}

}  // namespace strongroom::cli

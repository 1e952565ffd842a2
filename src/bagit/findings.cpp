#include "bagit/findings.hpp"

#include <iterator>

#include "base/limits.hpp"

namespace strongroom::bagit {
namespace {

/// An event text is cut to 250 characters of at most four bytes: what lies beyond is never seen.
constexpr std::size_t kTextBytes = 4 * limits::kEventTextMax;
constexpr std::size_t kExcerptBytes = 200;

}  // namespace

void NameList::add(std::string_view name) {
  count_ += 1;
  const auto full = [this] { return kept_.size() >= names_max_ || kept_bytes_ >= kTextBytes; };
  if (full() && name >= *kept_.rbegin()) return;
  kept_.emplace(name);
  kept_bytes_ += name.size();
  while (!kept_.empty()) {
    const auto last = std::prev(kept_.end());
    if (kept_.size() <= names_max_ && kept_bytes_ - last->size() < kTextBytes) break;
    kept_bytes_ -= last->size();
    kept_.erase(last);
  }
}

std::string NameList::text(std::string_view before_each) const {
  std::string joined;
  for (const std::string& name : kept_) {
    if (!joined.empty()) joined.append(", ");
    joined.append(before_each).append(name);
  }
  return joined;
}

Result<void> Findings::add(Problem problem) {
  (problem.is_warning() ? warnings_ : problems_) += 1;
  return sink_.add(std::move(problem));
}

void Findings::fail(std::string_view rule, std::string text) {
  if (failure_ && failed_rule_ <= rule) return;
  failed_rule_ = rule;
  failure_ = std::move(text);
}

Problem line_problem(std::string_view rule, std::string_view kind, const std::string& file, std::uint64_t line,
                     std::string_view description) {
  Problem problem = name_problem(rule, kind, file, description);
  problem.line = line;
  return problem;
}

Problem name_problem(std::string_view rule, std::string_view kind, std::string_view name,
                     std::string_view description) {
  Problem problem;
  problem.rule = rule;
  problem.kind = kind;
  problem.description = description;
  problem.path = name;
  return problem;
}

std::string excerpt(std::string_view line) {
  if (line.size() <= kExcerptBytes) return std::string(line);
  std::size_t end = kExcerptBytes;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
  return std::string(line.substr(0, end)) + "...";
}

}  // namespace strongroom::bagit

#include "cli/findings_view.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "cli/readable.hpp"

namespace strongroom::cli {
namespace {

/// `data/a.xml, line 7: The file's sha256 digest … (sha256: expected 59f8…, found 0c1d…)`
std::string finding_line(const JsonTree& problem) {
  std::string line = one_line(problem.text("path"));
  const std::string other = problem.text("other");
  if (!other.empty()) line += (line.empty() ? "" : ", ") + one_line(other);
  if (const auto number = problem.number("line")) {
    line += std::string(line.empty() ? "" : ", ") + "line " + std::to_string(*number);
  }
  const std::string description = one_line(problem.text("description"));
  line += line.empty() || description.empty() ? description : ": " + description;
  std::vector<std::string> facts;
  for (const auto& [member, word] : {std::pair("expected", "expected "), std::pair("actual", "found ")}) {
    if (const std::string value = one_line(problem.text(member)); !value.empty()) facts.push_back(word + value);
  }
  if (facts.empty()) return line;
  const std::string algorithm = one_line(problem.text("algorithm"));
  return line + " (" + (algorithm.empty() ? "" : algorithm + ": ") + join(facts, ", ") + ")";
}

}  // namespace

void FindingsView::add(const JsonTree& problem) {
  const std::string rule = one_line(problem.text("rule"));
  const std::string kind = one_line(problem.text("kind"));
  auto found =
      std::ranges::find_if(groups_, [&](const Group& group) { return group.rule == rule && group.kind == kind; });
  if (found == groups_.end()) found = groups_.insert(groups_.end(), {rule, kind, 0, {}});
  ++found->count;
  if (found->first.size() < first_) found->first.push_back(finding_line(problem));
}

std::string FindingsView::text(const std::string& noun, const Paint& paint, const char* tone) const {
  std::string out;
  for (const Group& group : groups_) {
    out += "  " + paint.status(tone, group.rule + " " + group.kind) + ": " + counted(group.count, noun) + "\n";
    for (const std::string& line : group.first) out += "    " + line + "\n";
    const std::uint64_t rest = group.count - group.first.size();
    if (rest > 0) out += "    and " + with_thousands(rest) + " more (--first shows more)\n";
  }
  return out;
}

}  // namespace strongroom::cli

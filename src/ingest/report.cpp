#include "ingest/report.hpp"

#include <array>
#include <cstdio>

#include "base/json_text.hpp"
#include "base/limits.hpp"

namespace strongroom::ingest {
namespace {

/// Rules sort by letter and then by number: K2 before K10. Warnings come after problems.
std::string sort_key(const Problem& problem) {
  std::array<char, 16> number{};
  const int value = problem.rule.size() > 1 ? std::atoi(problem.rule.c_str() + 1) : 0;
  std::snprintf(number.data(), number.size(), "%06d", value);
  std::string key = problem.is_warning() ? "1" : "0";
  key.append(problem.rule.substr(0, 1)).append(number.data()).push_back('\0');
  return key.append(problem.path).append(1, '\0').append(problem.algorithm);
}

/// Copies the sorted lines to a spill, so that their digest and size are known before they are put.
Result<Measured> lay_out(SortedReader& sorted, ByteSink& sink, std::string& head) {
  Hasher hasher(Algorithm::sha256);
  std::uint64_t size = 0;
  for (std::size_t count = 0;; ++count) {
    TRY(const SortedRecord* record, sorted.next());
    if (record == nullptr) break;
    std::string line(record->value);
    if (count < limits::kProblemsInRow) head.append(count > 0 ? "," : "").append(line);
    line.push_back('\n');
    hasher.update(as_bytes(line));
    size += line.size();
    TRY_VOID(sink.write(as_bytes(line)));
  }
  return Measured{hasher.finish(), size};
}

}  // namespace

std::string problem_json(const Problem& problem) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().member("type", "Problem").member("rule", problem.rule).member("kind", problem.kind);
  if (!problem.path.empty()) writer.member("path", problem.path);
  if (!problem.other.empty()) writer.member("other", problem.other);
  if (!problem.algorithm.empty()) writer.member("algorithm", problem.algorithm);
  if (!problem.expected.empty()) writer.member("expected", problem.expected);
  if (!problem.actual.empty()) writer.member("actual", problem.actual);
  if (problem.line) writer.member("line", *problem.line);
  writer.member("description", problem.description).end_object();
  return json;
}

ReportWriter::ReportWriter(SpillSpace& space) : space_(space), sorter_(space, limits::kSorterMemoryMax) {}

Result<void> ReportWriter::add(Problem problem) {
  (problem.is_warning() ? warnings_ : problems_) += 1;
  return sorter_.add(sort_key(problem), problem_json(problem));
}

Result<ReportWriter::LaidOut> ReportWriter::lay_out_all() {
  TRY(const auto sorted, sorter_.read());
  TRY(auto lines, space_.create());
  std::string head;
  TRY(Measured measured, lay_out(*sorted, *lines, head));
  return LaidOut{std::move(lines), std::move(measured), std::move(head)};
}

Result<ReportWriter::Kept> ReportWriter::keep() {
  Kept kept{problems_, warnings_, nullptr, 0};
  if (problems_ + warnings_ == 0) return kept;
  TRY(LaidOut all, lay_out_all());
  kept.lines = std::move(all.lines);
  kept.bytes = all.measured.size;
  return kept;
}

Result<ReportWriter::Summary> ReportWriter::finish(ObjectStore& records,
                                                   const std::function<std::string(std::string_view)>& key_of) {
  Summary summary{problems_, warnings_, {}};
  if (problems_ + warnings_ == 0) return summary;
  TRY(const LaidOut all, lay_out_all());
  const std::string key = key_of(all.measured.digest.hex());
  TRY_VOID(records.put(key, ObjectSpec{all.measured.size, all.measured.digest}, [&] { return all.lines->open(); }));
  JsonWriter(summary.head).begin_object().member("report", key).key("head").raw("[" + all.head + "]").end_object();
  return summary;
}

}  // namespace strongroom::ingest

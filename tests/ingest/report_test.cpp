// Reports of a step: all problems in one sorted object, the first hundred in the row (CORRECTNESS 3.4).
#include "ingest/report.hpp"

#include <gtest/gtest.h>

#include "adapters/objects/memory/location.hpp"

namespace strongroom::ingest {
namespace {

Problem problem(const std::string& rule, const std::string& path) {
  Problem made;
  made.rule = rule;
  made.kind = "kind";
  made.path = path;
  made.description = "what is wrong";
  return made;
}

class ReportTest : public testing::Test {
 protected:
  Result<ReportWriter::Summary> finish() {
    return report_.finish(records_, [](std::string_view sha256) { return "reports/" + std::string(sha256); });
  }
  std::string only_object() {
    const auto objects = records_.objects();
    EXPECT_EQ(objects.size(), 1U);
    return objects.empty() ? std::string() : objects.begin()->second;
  }

  MemorySpillSpace spills_;
  memory::MemoryLocation records_;
  ReportWriter report_{spills_};
};

TEST_F(ReportTest, NothingToSayLeavesNothing) {
  const auto summary = finish().value();
  EXPECT_EQ(summary.problems + summary.warnings, 0U);
  EXPECT_EQ(summary.head, "");
  EXPECT_TRUE(records_.objects().empty());
}

TEST_F(ReportTest, ProblemsComeByRuleThenPathAndWarningsLast) {
  for (const auto& [rule, path] : std::vector<std::pair<std::string, std::string>>{{"W7", "data/A"},
                                                                                   {"M1", ""},
                                                                                   {"K10", "data/a"},
                                                                                   {"K2", "data/b"},
                                                                                   {"K2", "data/a"},
                                                                                   {"B5", "bag-info.txt"}}) {
    ASSERT_TRUE(report_.add(problem(rule, path)));
  }
  const auto summary = finish().value();
  EXPECT_EQ(summary.problems, 5U);
  EXPECT_EQ(summary.warnings, 1U);
  const auto line = [](const std::string& rule, const std::string& path) {
    return problem_json(problem(rule, path)) + "\n";
  };
  EXPECT_EQ(only_object(), line("B5", "bag-info.txt") + line("K2", "data/a") + line("K2", "data/b") +
                               line("K10", "data/a") + line("M1", "") + line("W7", "data/A"));
}

TEST_F(ReportTest, TenThousandProblemsAreAllKeptAndAHundredShown) {
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(report_.add(problem("K1", "data/" + std::to_string(i))));
  const auto summary = finish().value();
  EXPECT_EQ(summary.problems, 10'000U);
  const std::string text = only_object();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10'000);
  std::size_t shown = 0;
  for (std::size_t at = 0; (at = summary.head.find("\"rule\":\"K1\"", at)) != std::string::npos; ++at) shown += 1;
  EXPECT_EQ(shown, 100U);
  EXPECT_NE(summary.head.find(R"("report":"reports/)"), std::string::npos);
}

TEST_F(ReportTest, KeptWithoutAStoreItIsTheSame) {
  ReportWriter twin(spills_);
  for (const char* path : {"data/b", "data/a"}) {
    ASSERT_TRUE(report_.add(problem("K1", path)));
    ASSERT_TRUE(twin.add(problem("K1", path)));
  }
  ASSERT_TRUE(finish());
  const auto kept = twin.keep().value();
  EXPECT_EQ(kept.problems, 2U);
  EXPECT_EQ(kept.bytes, only_object().size());
  const auto source = kept.lines->open().value();
  EXPECT_EQ(read_all(*source, 1000).value(), only_object());
  ReportWriter silent(spills_);
  EXPECT_EQ(silent.keep().value().lines, nullptr);
}

TEST(ProblemJsonTest, ShowsOnlyWhatThereIs) {
  EXPECT_EQ(problem_json(problem("L2", "data/\"x\"")),
            R"({"type":"Problem","rule":"L2","kind":"kind","path":"data/\"x\"","description":"what is wrong"})");
  Problem full = problem("K1", "data/a");
  full.other = "b";
  full.algorithm = "sha256";
  full.expected = "00";
  full.actual = "ff";
  full.line = 7;
  EXPECT_EQ(problem_json(full),
            R"({"type":"Problem","rule":"K1","kind":"kind","path":"data/a","other":"b","algorithm":"sha256",)"
            R"("expected":"00","actual":"ff","line":7,"description":"what is wrong"})");
}

}  // namespace
}  // namespace strongroom::ingest

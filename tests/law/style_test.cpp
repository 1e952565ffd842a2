// The rules of form hold in every file of the project. Before that, each rule is tried on made-up files.
#include "law/style.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>

namespace strongroom::law {
namespace {

std::string repeat(std::string_view line, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += line;
  return text;
}

TEST(FileLengthTest, UpToTheLimit) {
  EXPECT_TRUE(check_file_length({"src/base/a.cpp", repeat("x\n", kFileLinesMax)}).empty());
  const Offences offences = check_file_length({"src/base/a.cpp", repeat("x\n", kFileLinesMax + 1)});
  ASSERT_EQ(offences.size(), 1U);
  EXPECT_EQ(offences[0].line, kFileLinesMax + 1);
  EXPECT_TRUE(check_file_length({"docs/a.md", repeat("x\n", kFileLinesMax + 1)}).empty());
}

struct FunctionCase {
  std::string name;
  std::string before;  ///< up to and including the opening brace, on one line
  std::string after;   ///< the closing brace and what follows
  bool counted;
};

class FunctionLengthTest : public ::testing::TestWithParam<FunctionCase> {};

TEST_P(FunctionLengthTest, CountsFromHeadToBrace) {
  const FunctionCase& c = GetParam();
  const auto file = [&](std::size_t lines) {
    return SourceFile{"src/base/a.cpp", "\n" + c.before + "\n" + repeat("  x();\n", lines) + c.after + "\n"};
  };
  EXPECT_TRUE(check_function_lengths(file(kFunctionLinesMax - 2)).empty());
  const Offences offences = check_function_lengths(file(kFunctionLinesMax - 1));
  ASSERT_EQ(offences.size(), c.counted ? 1U : 0U) << report(offences);
  if (c.counted) {
    EXPECT_EQ(offences[0].line, 2U);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Heads, FunctionLengthTest,
    ::testing::Values(FunctionCase{"Free", "int f(int a) {", "}", true},
                      FunctionCase{"DefaultArgument", "int f(int a = 1) {", "}", true},
                      FunctionCase{"Operator", "bool S::operator==(const S& s) const {", "}", true},
                      FunctionCase{"InNamespace", "namespace n { int f() {", "}}", true},
                      FunctionCase{"InClass", "class C final : public B { public: int f() const {", "}};", true},
                      FunctionCase{"AfterAMember", "struct S { int a = 1; int f() {", "}};", true},
                      FunctionCase{"Template", "template <class T, class U = int> T f(T t) {", "}", true},
                      FunctionCase{"MemberOfTemplate", "template <class T> struct S { void f() {", "}};", true},
                      FunctionCase{"InitialisedWithParentheses", "C::C() : a_(1) {", "}", true},
                      FunctionCase{"InitialisedWithBraces", "C::C() : a_{1} {", "}", true},
                      FunctionCase{"Test", "TEST(A, B) {", "}", true},
                      FunctionCase{"Nested", "void f() { if (a) {", "}}", true},
                      FunctionCase{"BracesInTexts", "void f() { g(\"}\"); h('}'); // }", "}", true},
                      FunctionCase{"ReturnedTable", "auto f() { return {", "};}", false},
                      FunctionCase{"LocalTable", "void f() { const int kTable[] = {", "};}", false},
                      FunctionCase{"AfterATable", "void f() { const int kTable[] = {{1}, {2}};", "}", true},
                      FunctionCase{"Lambda", "void f() { auto g = [](int a) {", "};}", true},
                      FunctionCase{"Namespace", "namespace n {", "}", false},
                      FunctionCase{"Class", "class [[nodiscard]] C : public B {", "};", false},
                      FunctionCase{"NestedType", "struct S { public: enum E { a }; struct T {", "};};", false},
                      FunctionCase{"Table", "const int kTable[] = {", "};", false}),
    [](const auto& tested) { return tested.param.name; });

TEST(FunctionLengthTest, SeveralInOneFile) {
  const std::string text = "void f() {\n" + repeat(" x();\n", 80) + "}\nvoid g() {}\n#define H {\nvoid h() {\n" +
                           repeat(" x();\n", 90) + "}\n";
  const Offences offences = check_function_lengths({"src/base/a.cpp", text});
  ASSERT_EQ(offences.size(), 2U) << report(offences);
  EXPECT_EQ(offences[0].line, 1U);
  EXPECT_EQ(offences[1].line, 85U);
}

TEST(OpeningTest, Headers) {
  const auto count = [](const std::string& text) { return check_opening({"src/base/a.hpp", text}).size(); };
  EXPECT_EQ(count("// One.\n// Two.\n#pragma once\n"), 0U);
  EXPECT_EQ(count(repeat("// x\n", 8) + "#pragma once\n"), 0U);
  EXPECT_EQ(count("// One.\n#pragma once\n"), 1U);
  EXPECT_TRUE(check_opening({"tests/support/a.hpp", "// One.\n#pragma once\n"}).empty());
  EXPECT_EQ(count(repeat("// x\n", 9) + "#pragma once\n"), 1U);
  EXPECT_EQ(count("// One.\n// Two.\n\n#pragma once\n"), 1U);
  EXPECT_EQ(count("// One.\n// Two.\n"), 1U);
  EXPECT_EQ(count("#pragma once\n// One.\n// Two.\n"), 1U);
}

TEST(OpeningTest, Tests) {
  EXPECT_TRUE(check_opening({"tests/base/a_test.cpp", "// Goal.\n#include <x>\n"}).empty());
  EXPECT_EQ(check_opening({"tests/base/a_test.cpp", "#include <x>\n"}).size(), 1U);
  EXPECT_TRUE(check_opening({"src/base/a.cpp", "#include <x>\n"}).empty());
}

TEST(BannedCallsTest, Table) {
  struct Case {
    std::string path;
    std::string line;
    bool allowed;
  };
  const Case cases[] = {
      {"src/base/a.cpp", "std::cout << 1;", false},
      {"src/adapters/host/a.cpp", "std::cout << 1;", false},
      {"src/cli/a.cpp", "std::getenv(\"A\");", false},
      {"src/adapters/host/a.cpp", "std::getenv(\"A\");", true},
      {"src/api/a.cpp", "secure_getenv(\"A\");", true},
      {"src/api/a.cpp", "auto now = std::chrono::system_clock::now();", false},
      {"src/adapters/host/a.cpp", "auto now = std::chrono::system_clock::now();", true},
      {"src/adapters/web/server/a.cpp", "std::chrono::steady_clock::now();", true},
      {"src/adapters/catalogue/sqlite/a.cpp", "std::chrono::steady_clock::now();", false},
      {"src/ingest/a.cpp", "std::random_device device;", false},
      {"src/ingest/a.cpp", "std::this_thread::sleep_for(1s);", false},
      {"src/ingest/a.cpp", "std::jthread t;", false},
      {"src/ingest/a.cpp", "std::thread t;", false},
      {"src/ingest/a.cpp", "std::this_thread::yield();", true},
      {"src/ingest/a.cpp", "std::mutex mutex;", false},
      {"src/adapters/objects/memory/a.hpp", "std::mutex mutex;", true},
      {"src/adapters/web/a.cpp", "std::thread t;", true},
      {"src/adapters/objects/filesystem/a.cpp", "copy_file_range(1, 0, 2, 0, 3, 0);", false},
      {"src/adapters/objects/filesystem/a.cpp", "ioctl(1, FICLONE, 2);", false},
      {"src/adapters/objects/filesystem/a.cpp", "// never copy_file_range or FICLONE", true},
      {"src/adapters/objects/filesystem/a.cpp", "log(\"std::thread\");", true},
      {"src/base/a.cpp", "using namespace std;", false},
      {"src/base/a.cpp", "using namespace std::chrono_literals;", false},
      {"tests/base/a.cpp", "std::thread t;", true},
  };
  for (const Case& c : cases) {
    const Offences offences = check_banned_calls({c.path, "\n" + c.line + "\n"});
    ASSERT_EQ(offences.empty(), c.allowed) << c.path << ": " << c.line << '\n' << report(offences);
    if (!c.allowed) {
      EXPECT_EQ(offences[0].line, 2U);
    }
  }
}

TEST(LeftoversTest, Table) {
  struct Case {
    std::string line;
    bool allowed;
  };
  const Case cases[] = {
      {std::string("// TO") + "DO: later", false},
      {std::string("# FIX") + "ME", false},
      {std::string("XX") + "X", false},
      {"workers-XXXXXX", true},
      {"a\tb", false},
      {"a ", false},
      {"a\r", false},
      {std::string("open(\"/wo") + "rk/main/data\")", false},
      {std::string("/ho") + "me/somebody", false},
      {std::string("DIR/wo") + "rk/main", true},
      {std::string("${root}/wo") + "rk/main", true},
      {"plain", true},
  };
  EXPECT_TRUE(check_leftovers({"docs/a.md", std::string("No TO") + "DO, no\ttab\n"}).empty());
  for (const Case& c : cases) {
    const Offences offences = check_leftovers({"tools/a.sh", "first\n" + c.line + "\n"});
    ASSERT_EQ(offences.empty(), c.allowed) << c.line << '\n' << report(offences);
    if (!c.allowed) {
      EXPECT_EQ(offences[0].line, 2U);
    }
  }
}

TEST(LinksTest, Table) {
  const std::filesystem::path root = std::filesystem::path(testing::TempDir()) / "law-links";
  std::filesystem::create_directories(root / "docs");
  std::ofstream(root / "docs/b.md") << "# Top\n\n## Two words: here\n";
  struct Case {
    std::string line;
    bool allowed;
  };
  const Case cases[] = {
      {"see [b](b.md) and [c](missing.md)", false},
      {"[b](b.md#two-words-here)", true},
      {"[b](b.md#three)", false},
      {"[up](../docs/b.md)", true},
      {"[own](#own-heading)", true},
      {"[own](#other)", false},
      {"[web](https://example.org/missing.md)", true},
      {"![picture](missing.png \"title\")", false},
      {"```\n[c](missing.md)\n```", true},
  };
  for (const Case& c : cases) {
    const Offences offences = check_links({"docs/a.md", "# Own heading\n" + c.line + "\n"}, root);
    EXPECT_EQ(offences.empty(), c.allowed) << c.line << '\n' << report(offences);
  }
  std::filesystem::remove_all(root);
}

TEST(LawTest, TheRulesOfFormHold) {
  const std::vector<SourceFile> files = read_project(STRONGROOM_SOURCE_DIR);
  Offences offences;
  const std::vector<std::function<Offences(const SourceFile&)>> rules = {
      check_file_length, check_function_lengths,
      check_opening,     check_banned_calls,
      check_leftovers,   [](const SourceFile& file) { return check_links(file, STRONGROOM_SOURCE_DIR); },
  };
  for (const SourceFile& file : files) {
    for (const auto& rule : rules) {
      const Offences found = rule(file);
      offences.insert(offences.end(), found.begin(), found.end());
    }
  }
  EXPECT_GT(files.size(), 80U) << "the project was not found";
  EXPECT_TRUE(offences.empty()) << report(offences);
}

}  // namespace
}  // namespace strongroom::law

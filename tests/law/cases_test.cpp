// Goal: each acceptance case of the companions for Archivematica, A1 to H5, is found by its number: a test has it in
// its name, or a comment beside the test has it. Method: the words of names and comments in the companions' tests;
// before that, the rule is tried on made-up files. Whether such a test reaches every clause is for people to judge.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "law/source_tree.hpp"

namespace strongroom::law {
namespace {

using Numbers = std::set<std::string>;

/// How many cases a letter has.
constexpr std::array<std::pair<char, int>, 8> kCases = {
    {{'A', 14}, {'B', 11}, {'C', 9}, {'D', 17}, {'E', 16}, {'F', 12}, {'G', 7}, {'H', 5}}};

/// Where the companions are tested: folders, and beginnings of the names of files. Others have cases of other lists.
constexpr std::array<std::string_view, 16> kTests = {"tests/transfers/",           "tests/end_to_end/transfers_",
                                                     "tests/end_to_end/notify_",   "tests/end_to_end/archivematica_",
                                                     "tests/events/born_digital_", "tests/events/mets_indexing_",
                                                     "tests/api/transfers_",       "tests/cli/transfers_",
                                                     "tests/cli/notify_",          "tests/cli/dead_letters_",
                                                     "tests/adapters/webhook/",    "tests/cli/config_transfers_",
                                                     "tests/adapters/areas/",      "tests/adapters/archivematica/",
                                                     "tests/adapters/messages/",   "tests/adapters/cloud/aws_service_"};

bool is_of_companions(const SourceFile& file) {
  return std::ranges::any_of(kTests, [&](std::string_view begin) { return file.path.starts_with(begin); });
}

bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// What of a line may bear numbers: the name of a test, that of a row of parameters, or a comment.
std::string_view bearer_of(const SourceFile& file, std::string_view line) {
  const auto from = [line](std::string_view mark) {
    const std::size_t at = line.find(mark);
    return at == std::string_view::npos ? std::string_view() : line.substr(at + mark.size());
  };
  if (!file.is_cpp()) {
    const std::string_view name = from("def test_");
    return name.empty() ? from("# ") : name;
  }
  if (line.starts_with("TEST")) return line;
  const std::string_view comment = from("// ");
  if (!comment.empty()) return comment;
  const std::string_view row = from("{\"");
  const std::size_t end = row.find('_');
  const bool is_row = end != std::string_view::npos && std::ranges::all_of(row.substr(0, end), is_letter_or_digit);
  return is_row ? row.substr(0, end) : std::string_view();
}

/// `A1` and `B12` of `a1_and B12: x`.
void add_numbers(std::string_view text, Numbers& numbers) {
  for (std::size_t at = 0; at < text.size();) {
    if (!is_letter_or_digit(text[at])) {
      ++at;
      continue;
    }
    const auto begin = text.begin() + static_cast<std::ptrdiff_t>(at);
    std::string word(begin, std::find_if_not(begin, text.end(), is_letter_or_digit));
    at += word.size();
    word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
    const bool has_digits = word.size() > 1 && std::all_of(word.begin() + 1, word.end(), [](char c) {
                              return std::isdigit(static_cast<unsigned char>(c)) != 0;
                            });
    if (has_digits) numbers.insert(std::move(word));
  }
}

Numbers numbers_in(const SourceFile& file) {
  Numbers numbers;
  for (const std::string_view line : lines_of(file.text)) add_numbers(bearer_of(file, line), numbers);
  return numbers;
}

TEST(CaseNumbersTest, AreThoseOfNamesAndComments) {
  EXPECT_EQ(
      numbers_in({"tests/transfers/x_test.cpp",
                  "// A1, A22 and H3_too\nTEST_F(B1Test, C4_D5_OfBoth) {\n  f(\"%E5%\", A6);  // F7\n  {\"%C3%A9_\"},\n"
                  "  {\"G8_Row\", \"H9_\"},\n"}),
      (Numbers{"A1", "A22", "H3", "C4", "D5", "F7", "G8"}));
  EXPECT_EQ(
      numbers_in({"tests/end_to_end/x_test.py", "    def test_a1_e12_of_both(self):\n        f(\"e5\")  # F7: why\n"}),
      (Numbers{"A1", "E12", "F7"}));
  EXPECT_TRUE(is_of_companions({"tests/end_to_end/transfers_kill_test.py", ""}));
  EXPECT_FALSE(is_of_companions({"tests/end_to_end/kill_test.py", ""}));
}

TEST(ProjectTest, EachCaseOfTheCompanionsHasATestWithItsNumber) {
  Numbers found;
  for (const SourceFile& file : read_project(STRONGROOM_SOURCE_DIR)) {
    if (is_of_companions(file)) found.merge(numbers_in(file));
  }
  std::string missing;
  for (const auto& [letter, count] : kCases) {
    for (int number = 1; number <= count; ++number) {
      const std::string wanted = letter + std::to_string(number);
      if (!found.contains(wanted)) missing += " " + wanted;
    }
  }
  EXPECT_EQ(missing, "");
}

}  // namespace
}  // namespace strongroom::law

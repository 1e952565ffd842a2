// Goal: exactly the lines of one file go, however they are written, and every other byte stays. Method: texts cut into
// pieces of every size.
#include "bagit/manifest_without.hpp"

#include <gtest/gtest.h>

#include "support/chunked_source.hpp"

namespace strongroom::bagit {
namespace {

std::string without(const std::string& text, std::size_t piece = 1 << 16) {
  ManifestWithout source(std::make_unique<testing_support::ChunkedSource>(text, piece), "fetch.txt");
  const auto left = read_all(source, 1 << 24);
  EXPECT_TRUE(left) << left.error().text();
  return left ? *left : "";
}

TEST(ManifestWithout, TheLineGoesInEveryForm) {
  for (const char* line : {"0a1b  fetch.txt", "0a1b fetch.txt", "0A1B\tfetch.txt", "0a1b *fetch.txt",
                           "0a1b  ./fetch.txt", "0a1b  *././fetch.txt", "0a1b  fetch.txt \t"}) {
    for (const char* end : {"\n", "\r\n", "\r"}) {
      const std::string before = "12  bag-info.txt" + std::string(end);
      const std::string after = "34  fetch.txt.bak" + std::string(end) + "56  a/fetch.txt" + end;
      for (const std::size_t piece : {1U, 2U, 3U, 7U, 100U}) {
        EXPECT_EQ(without(before + line + end + after, piece), before + after) << line;
        EXPECT_EQ(without(before + line, piece), before) << line;
        EXPECT_EQ(without(line + std::string(end) + after, piece), after) << line;
      }
    }
  }
}

TEST(ManifestWithout, AllElseStays) {
  for (const std::string text :
       {"", "\n", "\r", "\r\n\r\n", "12  a", "12  fetch.TXT\n", "fetch.txt\n", "12  x fetch.txt\n",
        "\xEF\xBB\xBF"
        "12  a\n",
        "12  \n", "12"}) {
    for (const std::size_t piece : {1U, 2U, 100U}) EXPECT_EQ(without(text, piece), text);
  }
  EXPECT_EQ(without("\xEF\xBB\xBF"
                    "12  fetch.txt\n34  a\n"),
            "\xEF\xBB\xBF"
            "34  a\n");
  EXPECT_EQ(without("1  fetch.txt\n2  a\n3  fetch.txt\n"), "2  a\n");
}

TEST(ManifestWithout, LinesAreBounded) {
  ManifestWithout source(std::make_unique<TextSource>(std::string(1 << 20, 'a')), "fetch.txt");
  EXPECT_EQ(read_all(source, 1 << 24).error().reason, Reason::corrupt);
  const std::string longest = "12  " + std::string(60'000, 'a') + "\n";
  EXPECT_EQ(without(longest + "34  fetch.txt\n" + longest), longest + longest);
}

}  // namespace
}  // namespace strongroom::bagit

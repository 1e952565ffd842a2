// The parts by themselves, where the whole does not show them: names, number fields, pax records, the window.
#include <gtest/gtest.h>

#include "archive/entry_name.hpp"
#include "archive/pax.hpp"
#include "archive/tar_header.hpp"
#include "archive/window.hpp"
#include "support/chunked_source.hpp"

namespace strongroom::archive {
namespace {

TEST(EntryNameTest, IsNormalisedOrUnsafe) {
  struct Row {
    std::string raw;
    std::optional<std::string> name;
  };
  const std::vector<Row> rows = {
      {"a", "a"},
      {"./a", "a"},
      {"././a", "a"},
      {"a/./b", "a/b"},
      {"a//b", "a/b"},
      {"a/b//", "a/b"},
      {"a/.", "a"},
      {".", ""},
      {"./", ""},
      {"", ""},
      {".a/..b/c..", ".a/..b/c.."},
      {"...", "..."},
      {" a \\ \t", " a \\ \t"},
      {"e\xcc\x81", "e\xcc\x81"},
      {"/", std::nullopt},
      {"//a", std::nullopt},
      {"..", std::nullopt},
      {"a/..", std::nullopt},
      {"../a", std::nullopt},
      {"./../a", std::nullopt},
      {"a/../b", std::nullopt},
      {"\xff", std::nullopt},
      {"\xc0\xae\xc0\xae/a", std::nullopt},
      {"\xed\xa0\x80", std::nullopt},
      {std::string("a\0", 2), std::nullopt},
  };
  for (const auto& row : rows) EXPECT_EQ(normalise_entry_name(row.raw), row.name) << row.raw;
}

TEST(EntryNameTest, LiesAtOrBelow) {
  EXPECT_TRUE(is_at_or_below("a", "a"));
  EXPECT_TRUE(is_at_or_below("a/b", "a"));
  EXPECT_FALSE(is_at_or_below("ab", "a"));
  EXPECT_FALSE(is_at_or_below("a", "a/b"));
}

TEST(TarNumberTest, OctalAndBase256) {
  struct Row {
    std::string field;
    std::optional<std::uint64_t> number;
  };
  const std::vector<Row> rows = {
      {"00000000017", 15},
      {std::string("0000017\0", 8), 15},
      {"     17 ", 15},
      {std::string("\0\0 17\0xx", 8), 15},
      {std::string(8, '\0'), 0},
      {"        ", 0},
      {"777777777777", 68719476735},
      {"18", std::nullopt},
      {"-1", std::nullopt},
      {"1,", std::nullopt},
      {"", std::nullopt},
      {std::string("\x80\0\0\1", 4), 1},
      {std::string("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12), std::numeric_limits<std::int64_t>::max()},
      {std::string("\x80\0\0\0\x80\0\0\0\0\0\0\0", 12), std::nullopt},
      {std::string("\x81\0\0\0\0\0\0\0\0\0\0\0", 12), std::nullopt},
      {std::string(12, '\xff'), std::nullopt},
      {std::string("\xc0\0\0\1", 4), std::nullopt},
  };
  for (const auto& row : rows) EXPECT_EQ(parse_tar_number(as_bytes(row.field)), row.number) << row.field;
}

TEST(PaxTest, RecordsAreTakenOverWhatIsThere) {
  PaxRecords records;
  ASSERT_TRUE(parse_pax("9 path=a\n9 size=7\n", records));
  ASSERT_TRUE(parse_pax("13 path=\xc3\xb8=\n\n", records));  // a value may hold anything
  EXPECT_EQ(records.path, "\xc3\xb8=\n");
  EXPECT_EQ(records.size, 7U);
  ASSERT_TRUE(parse_pax("8 path=\n8 size=\n", records));
  EXPECT_EQ(records.path, std::nullopt);
  EXPECT_EQ(records.size, std::nullopt);
  EXPECT_TRUE(parse_pax("", records));
}

TEST(PaxTest, BrokenFormIsSeen) {
  for (const std::string_view body :
       {"path=a\n", "9path=a\n", "8 path=a\n", "11 path=a\n", "0 path=a\n", "-9 path=a\n", "9 path a\n", "5 =a\n",
        " path=a\n", "9 path=ab", "9 size=x\n", "99999999999999999999 path=a\n", "2 "}) {
    PaxRecords records;
    EXPECT_FALSE(parse_pax(body, records)) << body;
  }
}

TEST(WindowTest, PeeksAcrossRefillsWithoutLosingBytes) {
  const std::string text = "0123456789abcdefghij";
  for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
    testing_support::ChunkedSource source(text, chunk);
    Window window(source, 8);
    std::string seen;
    for (;;) {
      const auto together = window.peek(5).value();
      if (together.size() < 5) break;
      seen += as_text(together.first(3));
      window.take(3);
    }
    for (;;) {
      const auto piece = window.peek_some(2).value();
      if (piece.empty()) break;
      seen += as_text(piece);
      window.take(piece.size());
    }
    EXPECT_EQ(seen, text) << chunk;
    EXPECT_EQ(window.position(), text.size());
    EXPECT_FALSE(window.skip(1).value());
  }
}

}  // namespace
}  // namespace strongroom::archive

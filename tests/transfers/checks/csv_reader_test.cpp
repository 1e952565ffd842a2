// Goal: the CSV dialect is that of transfers.md 7.3 and 7.4, in every corner. Method: whole files as tables of records,
// each with its lines; values at the limit; a large hostile file.
#include "transfers/csv_reader.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace strongroom::transfers {
namespace {

struct Read {
  std::vector<std::vector<std::string>> records;
  std::vector<std::uint64_t> lines;
  CsvReader::Step end = CsvReader::Step::record;
  std::uint64_t first_line = 0;
  std::optional<std::uint64_t> unclosed;
};

Read read(std::string_view text, LineEnds line_ends) {
  CsvReader reader(text, line_ends);
  Read all;
  for (;;) {
    std::vector<std::string> record;
    all.end = reader.next([&record](std::size_t index, std::string_view value) {
      EXPECT_EQ(index, record.size());
      record.emplace_back(value);
    });
    all.first_line = reader.first_line();
    all.unclosed = reader.unclosed_quote();
    if (all.end != CsvReader::Step::record) return all;
    EXPECT_EQ(reader.width(), record.size());
    all.records.push_back(std::move(record));
    all.lines.push_back(reader.last_line());
  }
}

using Records = std::vector<std::vector<std::string>>;
using Lines = std::vector<std::uint64_t>;

struct DialectCase {
  std::string text;
  Records records;
  Lines lines;
};

void expect_both(const std::vector<DialectCase>& cases, std::vector<LineEnds> line_ends) {
  for (const DialectCase& row : cases) {
    for (const LineEnds ends : line_ends) {
      const Read all = read(row.text, ends);
      EXPECT_EQ(all.records, row.records) << testing::PrintToString(row.text);
      EXPECT_EQ(all.lines, row.lines) << testing::PrintToString(row.text);
      EXPECT_EQ(all.end, CsvReader::Step::end);
    }
  }
}

TEST(CsvReader, CommonDialect) {
  const std::string nul("a\0b", 3);
  expect_both(
      {
          {"", {}, {}},
          {"a", {{"a"}}, {1}},
          {"a,b\n1,2\n", {{"a", "b"}, {"1", "2"}}, {1, 2}},
          {"a,b\r\n1,2\r\n", {{"a", "b"}, {"1", "2"}}, {1, 2}},
          {"a,b\n1,", {{"a", "b"}, {"1", ""}}, {1, 2}},
          {",", {{"", ""}}, {1}},
          // The first line is the heading even if blank; later ones without characters are skipped.
          {"\na\n", {{}, {"a"}}, {1, 2}},
          {"a\n\n\nb\n", {{"a"}, {"b"}}, {1, 4}},
          {"a\r\n\r\nb", {{"a"}, {"b"}}, {1, 3}},
          {"a\n \n,\n\"\"\n", {{"a"}, {" "}, {"", ""}, {""}}, {1, 2, 3, 4}},
          // Quotes.
          {"\"a,b\",c", {{"a,b", "c"}}, {1}},
          {"\"a\"\"b\"", {{"a\"b"}}, {1}},
          {"\"\"\"\"", {{"\""}}, {1}},
          {"\"\",x", {{"", "x"}}, {1}},
          {"\"x\"y,z", {{"xy", "z"}}, {1}},
          {"\"x\"y\"z\"", {{"xy\"z\""}}, {1}},
          {"\"x\"\"y\"z", {{"x\"yz"}}, {1}},
          {"\"LE\"/MON/1", {{"LE/MON/1"}}, {1}},
          {"\"x\" \"y,z\"", {{"x \"y", "z\""}}, {1}},
          {" \"x\"", {{" \"x\""}}, {1}},
          {"a\"b\"", {{"a\"b\""}}, {1}},
          // Line ends in quotes belong to the value; the record is cited by its last line.
          {"h\n\"a\nb\",c\nd", {{"h"}, {"a\nb", "c"}, {"d"}}, {1, 3, 4}},
          {"h\n\"a\r\nb\"\r\nd", {{"h"}, {"a\r\nb"}, {"d"}}, {1, 3, 4}},
          {"h\n\"a\n\"\"\n\"\nd", {{"h"}, {"a\n\"\n"}, {"d"}}, {1, 4, 5}},
          // Ordinary characters.
          {nul + ",\v,\f,\xE2\x80\xA8,\t", {{nul, "\v", "\f", "\xE2\x80\xA8", "\t"}}, {1}},
      },
      {LineEnds::lf, LineEnds::any});
}

TEST(CsvReader, LineEndsOfMetadata) {
  expect_both({{"a\r\r\nb\r\r\r\n", {{"a"}, {"b"}}, {1, 2}},
               {"a\nb\r\r", {{"a"}, {"b"}}, {1, 2}},
               {"a\n\r\r\nb", {{"a"}, {"b"}}, {1, 3}},
               {"\r", {{}}, {1}},
               {"h\n\"a\rb\"\nc", {{"h"}, {"a\rb"}, {"c"}}, {1, 2, 3}}},
              {LineEnds::lf});
  for (const std::string text : {"a\rb", "a\r\rb\n", "\ra", "a,\"b\"\rc"}) {
    const Read all = read(text, LineEnds::lf);
    EXPECT_EQ(all.end, CsvReader::Step::bare_cr) << text;
    EXPECT_EQ(all.first_line, 1U);
    EXPECT_TRUE(all.records.empty());
  }
  const Read later = read("a\nb\nc\rd\n", LineEnds::lf);
  EXPECT_EQ(later.records, (Records{{"a"}, {"b"}}));
  EXPECT_EQ(later.first_line, 3U);
}

TEST(CsvReader, LineEndsOfRights) {
  expect_both({{"a\rb\nc\r\nd", {{"a"}, {"b"}, {"c"}, {"d"}}, {1, 2, 3, 4}},
               {"a\r\r\nb", {{"a"}, {"b"}}, {1, 3}},
               {"a\n\rb", {{"a"}, {"b"}}, {1, 3}},
               {"\ra", {{}, {"a"}}, {1, 2}},
               {"h\r\"a\rb\r\nc\"\rd", {{"h"}, {"a\rb\r\nc"}, {"d"}}, {1, 4, 5}}},
              {LineEnds::any});
}

TEST(CsvReader, AQuoteThatIsNeverClosedTakesTheRest) {
  for (const LineEnds ends : {LineEnds::lf, LineEnds::any}) {
    const Read all = read("h\nx,\"a\nb,c\n", ends);
    EXPECT_EQ(all.records, (Records{{"h"}, {"x", "a\nb,c\n"}}));
    EXPECT_EQ(all.lines, (Lines{1, 3}));
    EXPECT_EQ(all.unclosed, 2U);
    EXPECT_EQ(read("h\nx,\"", ends).records, (Records{{"h"}, {"x", ""}}));
    EXPECT_EQ(read("h\nx,\"a\nb", ends).lines, (Lines{1, 3}));
    EXPECT_EQ(read("h\n\"a\"\n", ends).unclosed, std::nullopt);
  }
}

TEST(CsvReader, ValuesHaveALimitInCharacters) {
  std::string longest;
  for (std::size_t i = 0; i < kCsvValueMax; ++i) longest += "\xC3\xA9";
  for (const std::string& value : {std::string(kCsvValueMax, 'a'), longest, "\"" + longest + "\""}) {
    EXPECT_EQ(read("h\n" + value + "\n", LineEnds::any).end, CsvReader::Step::end);
    const Read all = read("h\n1,\"\n\"\nx," + value + "é\ny\n", LineEnds::any);
    EXPECT_EQ(all.end, CsvReader::Step::too_long);
    EXPECT_EQ(all.records.size(), 2U);
    EXPECT_EQ(all.first_line, 4U);
  }
  // Doubled quotation marks count once.
  std::string quotes = "\"";
  for (std::size_t i = 0; i < kCsvValueMax; ++i) quotes += "\"\"";
  EXPECT_EQ(read(quotes + "\"", LineEnds::any).end, CsvReader::Step::end);
  EXPECT_EQ(read(quotes + "\"x", LineEnds::any).end, CsvReader::Step::too_long);
}

TEST(CsvReader, MillionsOfValuesAreCountedNotHeld) {
  const std::string text(8'000'000, ',');
  CsvReader reader(text, LineEnds::any);
  std::size_t seen = 0;
  EXPECT_EQ(reader.next([&seen](std::size_t, std::string_view) { ++seen; }), CsvReader::Step::record);
  EXPECT_EQ(seen, text.size() + 1);
  EXPECT_EQ(reader.width(), text.size() + 1);
}

}  // namespace
}  // namespace strongroom::transfers

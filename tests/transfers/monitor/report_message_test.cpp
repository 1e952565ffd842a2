// Goal: messages as transfers.md 12.3 to 12.5 have them, within Slack's limits whatever the packages are called, with
// each package on exactly one line. Method: whole texts written down, the report of F7, and reports made by chance, all
// read back through a JSON parser.
#include "transfers/report_message.hpp"

#include <gmock/gmock.h>

#include <map>
#include <random>

#include "base/text.hpp"
#include "domain/json_members.hpp"

namespace strongroom::transfers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The texts of a message's blocks; everything else of it is checked.
std::vector<std::string> texts_of(const std::string& message) {
  const auto members = JsonMembers::parse(message);
  EXPECT_TRUE(members) << message;
  EXPECT_EQ(members->text("username").value(), "Archivematica transfer report");
  std::vector<std::string> texts;
  for (const JsonMembers& block : members->objects("blocks").value()) {
    EXPECT_EQ(block.text("type").value(), "section");
    const JsonMembers text = block.object("text").value();
    EXPECT_EQ(text.text("type").value(), "mrkdwn");
    texts.push_back(text.text("text").value());
  }
  return texts;
}

void expect_within_limits(const std::vector<std::string>& messages) {
  for (const std::string& message : messages) {
    const std::vector<std::string> texts = texts_of(message);
    EXPECT_LE(texts.size(), 45U);
    std::size_t all = 0;
    for (const std::string& text : texts) {
      EXPECT_FALSE(text.empty());
      EXPECT_LE(utf16_length(text), 2900U);
      all += utf16_length(text);
    }
    EXPECT_LE(all, 10'000U);
  }
}

/// Lines of packages: those of sections, headings left out.
std::vector<std::string> lines_of(const std::vector<std::string>& messages) {
  std::vector<std::string> lines;
  for (const std::string& message : messages) {
    const std::vector<std::string> texts = texts_of(message);
    for (std::size_t i = 1; i < texts.size(); ++i) {
      const auto parts = split(texts[i], '\n');
      EXPECT_GE(parts.size(), 2U) << "a heading without a line";
      lines.insert(lines.end(), parts.begin() + 1, parts.end());
    }
  }
  return lines;
}

std::string unescaped(std::string text) {
  for (const auto& [escape, plain] : {std::pair{"&lt;", "<"}, std::pair{"&gt;", ">"}, std::pair{"&amp;", "&"}}) {
    for (std::size_t at = text.find(escape); at != std::string::npos; at = text.find(escape, at + 1)) {
      text.replace(at, std::string_view(escape).size(), plain);
    }
  }
  return text;
}

ReportEntry entry(ReportClass kind, const std::string& key, const std::string& transfer_id, const std::string& remark) {
  return {.kind = kind, .id = key, .area = "main", .key = key, .transfer_id = transfer_id, .remark = remark};
}

const std::vector<ReportEntry>& one_of_each() {
  static const std::vector<ReportEntry> kEntries = {
      entry(ReportClass::not_stored, "born-digital/b.zip", "T-2", "it failed"),
      entry(ReportClass::not_stored, "born-digital/c.zip", "", "given up"),
      entry(ReportClass::rejected, "born-digital/d.zip", "", "2 problems"),
      entry(ReportClass::delayed, "born-digital/e.zip", "", "Archivematica's dashboard cannot be reached"),
      entry(ReportClass::in_progress, "born-digital/f.zip", "T-3", "for 1 hour"),
      entry(ReportClass::stored, "born-digital/pkg.zip", "T-1", ""),
      entry(ReportClass::stored, "born-digital/q.zip", "T-4", "in space other")};
  return kEntries;
}

TEST(ReportMessageTest, F1_F2_F3_F5_WholeReport) {
  const auto messages = report_messages(one_of_each(), {.environment = "prod", .days = 7});
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_THAT(texts_of(messages[0]), ElementsAre("This is what happened in Archivematica in the last 7 days:",
                                                 "\U0001F6A8 *Not stored*\n"
                                                 "- born-digital/b.zip (`T-2`) - it failed\n"
                                                 "- born-digital/c.zip - given up",
                                                 "*Rejected, to be corrected and uploaded again*\n"
                                                 "- born-digital/d.zip - 2 problems",
                                                 "*Delayed, tried again until they get through*\n"
                                                 "- born-digital/e.zip - Archivematica's dashboard cannot be reached",
                                                 "*In progress*\n"
                                                 "- born-digital/f.zip (`T-3`) - for 1 hour",
                                                 "*Stored*\n"
                                                 "- born-digital/pkg.zip\n"
                                                 "- born-digital/q.zip - in space other"));
}

TEST(ReportMessageTest, F5_Staging) {
  const auto messages = report_messages(one_of_each(), {.environment = "staging", .days = 1, .several_areas = true});
  const std::vector<std::string> texts = texts_of(messages.at(0));
  EXPECT_EQ(texts[0], "This is what happened in Archivematica (staging) in the last 1 day:");
  EXPECT_EQ(texts[1],
            "\u26A0\uFE0F *Not stored*\n"
            "main: - born-digital/b.zip (`T-2`) - it failed\n"
            "main: - born-digital/c.zip - given up");
  EXPECT_EQ(texts[5], "*Stored*\nmain: - born-digital/pkg.zip\nmain: - born-digital/q.zip - in space other");
}

TEST(ReportMessageTest, F6_NothingHappened) {
  EXPECT_EQ(report_messages({}, {.environment = "prod", .days = 14}),
            std::vector<std::string>{
                R"({"username":"Archivematica transfer report","blocks":[{"type":"section","text":)"
                R"({"type":"mrkdwn","text":"Nothing happened in Archivematica in the last 14 days."}}]})"});
  EXPECT_THAT(texts_of(report_messages({}, {.environment = "a<b", .days = 1}).at(0)),
              ElementsAre("Nothing happened in Archivematica (a&lt;b) in the last 1 day."));
}

TEST(ReportMessageTest, F7_TwoHundredFailedPackagesWithLongKeys) {
  std::vector<ReportEntry> entries;
  for (int i = 100; i < 300; ++i) {
    std::string key = "born-digital/" + std::to_string(i);
    while (key.size() < 196) key += key.size() % 2 == 0 ? "&" : "<";
    entries.push_back(
        entry(ReportClass::not_stored, key + ".zip", "8a5e2f3c-0000-4000-8000-000000000000", "it failed"));
    ASSERT_EQ(entries.back().key.size(), 200U);
  }
  const auto messages = report_messages(entries, {.environment = "prod", .days = 7});
  expect_within_limits(messages);
  const std::vector<std::string> lines = lines_of(messages);
  ASSERT_EQ(lines.size(), entries.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(unescaped(lines[i]), "- " + entries[i].key + " (`8a5e2f3c-0000-4000-8000-000000000000`) - it failed");
    EXPECT_EQ(lines[i].find('<'), std::string::npos);
  }
  ASSERT_GT(messages.size(), 10U) << "some 850 units a line";
  const std::string n = std::to_string(messages.size());
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const std::vector<std::string> texts = texts_of(messages[i]);
    EXPECT_EQ(texts[0], "This is what happened in Archivematica in the last 7 days (part " + std::to_string(i + 1) +
                            " of " + n + "):");
    for (std::size_t j = 1; j < texts.size(); ++j) {
      const bool is_first = i == 0 && j == 1;
      EXPECT_EQ(texts[j].substr(0, texts[j].find('\n')),
                std::string("\U0001F6A8 *Not stored*") + (is_first ? "" : " (continued)"));
    }
  }
}

TEST(ReportMessageTest, KeysAndReasonsAreCutWhereTheyMust) {
  const auto line = [](const std::string& key, const std::string& remark) {
    const auto messages = report_messages({entry(ReportClass::not_stored, key, "T", remark)}, {});
    expect_within_limits(messages);
    return lines_of(messages).at(0);
  };
  const std::string key = std::string(250, 'a') + std::string(250, 'b');
  EXPECT_EQ(line(key, "r"), "- " + key + " (`T`) - r");
  EXPECT_EQ(line(key + "c", "r"), "- " + std::string(249, 'a') + "\u2026" + std::string(249, 'b') + "c (`T`) - r");
  const std::string wide = line(std::string(500, '&'), std::string(5000, '<'));
  EXPECT_EQ(wide.find(" (`T`) - &lt;"), 2U + 500 * 5) << "all of the key";
  EXPECT_TRUE(wide.ends_with("&lt;..."));
  EXPECT_EQ(line("a\nb\x1B", "c\nd"), "- a%0Ab%1B (`T`) - c%0Ad");
  EXPECT_EQ(line("a\xFF", "r"), "- a%FF (`T`) - r");
}

TEST(ReportMessageTest, Utf16Length) {
  EXPECT_EQ(utf16_length(""), 0U);
  EXPECT_EQ(utf16_length("a\u00E9\u20AC"), 3U);
  EXPECT_EQ(utf16_length("\U0001F6A8"), 2U);
  EXPECT_EQ(utf16_length("\xFF\xFE"), 2U);
}

/// A text of up to `longest` characters of all kinds.
std::string random_text(std::mt19937& chance, std::size_t longest) {
  static const std::vector<std::string> kPieces = {"a",    "b/", "&",      "<",      ">",          "`",
                                                   "*",    " ",  "\u00E9", "\u20AC", "\U0001F4E6", "\n",
                                                   "\xC3", "\"", "\\",     "&amp;",  "%0A",        "\u202E"};
  std::string text;
  const std::size_t length = chance() % (longest + 1);
  const std::string& favourite = kPieces[chance() % kPieces.size()];
  while (text.size() < length) text += chance() % 3 == 0 ? kPieces[chance() % kPieces.size()] : favourite;
  return text;
}

TEST(ReportMessageTest, WhateverComesEachPackageHasOneLineWithinTheLimits) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (unsigned run = 0; run < 30; ++run) {
    std::mt19937 chance(run < 15 ? run : seed + run);
    std::vector<ReportEntry> entries;
    const std::size_t count = chance() % 150;
    for (std::size_t i = 0; i < count; ++i) {
      // The number makes keys tell themselves apart, also when they are cut in their middle.
      entries.push_back({.kind = static_cast<ReportClass>(chance() % 5),
                         .id = std::to_string(i),
                         .area = random_text(chance, chance() % 50 == 0 ? 200 : 10),
                         .key = "#" + std::to_string(i) + "#" + random_text(chance, chance() % 10 == 0 ? 1500 : 200),
                         .transfer_id = random_text(chance, chance() % 50 == 0 ? 200 : 40),
                         .remark = random_text(chance, chance() % 10 == 0 ? 4000 : 100)});
    }
    sort_report(entries);
    const ReportFrame frame{.environment = random_text(chance, 300), .days = 1, .several_areas = chance() % 2 == 0};
    const auto messages = report_messages(entries, frame);
    expect_within_limits(messages);
    const std::vector<std::string> lines = lines_of(messages);
    ASSERT_EQ(lines.size(), entries.size()) << "run " << run;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      EXPECT_THAT(lines[i], HasSubstr("- #" + entries[i].id + "#")) << "run " << run;
      EXPECT_EQ(lines[i].find_first_of("<>"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace strongroom::transfers

// Goal: a chain of records is followed from its start, and every way of tampering shows. Method: a chain of a few
// records, one changed at a time.
#include "domain/audit.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace strongroom {
namespace {

std::vector<std::string> chain(int length) {
  std::vector<std::string> lines;
  std::string previous = audit_chain_start();
  for (int number = 1; number <= length; ++number) {
    const Deed deed{"goobi", std::string(audit_action::kIngestRequested), "ingest " + std::to_string(number),
                    "done",  number % 2 == 0 ? "" : "request-1",          instant_of(1'714'555'800'000'000 + number)};
    const AuditRecord record = audit_record(number, deed, previous);
    previous = record.sha256;
    lines.push_back(record.line);
  }
  return lines;
}

/// The first record that does not follow; 0 when all do.
std::int64_t first_fault(const std::vector<std::string>& lines) {
  AuditChain chain;
  for (const std::string& line : lines) {
    if (!chain.follow(line)) return chain.number() + 1;
  }
  return 0;
}

TEST(AuditTest, ARecordIsOneLineWithStableMembers) {
  const Deed deed{"go\"obi", "ingest.requested", "ingest x\ny", "done", "r1", instant_of(1'714'555'800'000'000)};
  EXPECT_EQ(audit_record(1, deed, audit_chain_start()).line,
            R"({"number":1,"time":"2024-05-01T09:30:00.000000Z","agent":"go\"obi","action":"ingest.requested",)"
            R"("object":"ingest x\u000ay","outcome":"done","requestId":"r1","previous":")" +
                std::string(64, '0') + "\"}");
}

TEST(AuditTest, AnUntouchedChainIsFollowedToItsEnd) {
  AuditChain followed;
  for (const std::string& line : chain(5)) ASSERT_TRUE(followed.follow(line));
  EXPECT_EQ(followed.number(), 5);
  EXPECT_EQ(followed.sha256().size(), 64U);
}

TEST(AuditTest, AChainIsFollowedFromAKnownRecord) {
  const auto lines = chain(4);
  AuditChain first;
  ASSERT_TRUE(first.follow(lines[0]));
  AuditChain rest(first.number(), first.sha256());
  for (std::size_t i = 1; i < lines.size(); ++i) EXPECT_TRUE(rest.follow(lines[i]));
  EXPECT_FALSE(AuditChain(1, audit_chain_start()).follow(lines[1]));
}

TEST(AuditTest, TamperingShows) {
  struct Case {
    const char* name;
    std::function<void(std::vector<std::string>&)> tamper;
    std::int64_t fault;
  };
  const std::vector<Case> cases = {
      {"a letter changed", [](auto& lines) { lines[1].replace(lines[1].find("goobi"), 5, "noobi"); }, 3},
      {"a record removed", [](auto& lines) { lines.erase(lines.begin() + 2); }, 3},
      {"the first one removed", [](auto& lines) { lines.erase(lines.begin()); }, 1},
      {"two exchanged", [](auto& lines) { std::swap(lines[1], lines[2]); }, 2},
      {"one put in twice", [](auto& lines) { lines.insert(lines.begin() + 1, lines[0]); }, 2},
      {"no JSON", [](auto& lines) { lines[3] = "x"; }, 4},
      {"no digest", [](auto& lines) { lines[0] = R"({"number":1})"; }, 1},
      {"an empty line", [](auto& lines) { lines[4].clear(); }, 5},
  };
  for (const Case& c : cases) {
    auto lines = chain(5);
    c.tamper(lines);
    EXPECT_EQ(first_fault(lines), c.fault) << c.name;
  }
}

TEST(AuditTest, ALineThatDoesNotFollowLeavesTheChainWhereItWas) {
  const auto lines = chain(2);
  AuditChain followed;
  ASSERT_TRUE(followed.follow(lines[0]));
  const std::string before = followed.sha256();
  EXPECT_EQ(followed.follow(lines[0]).error().reason, Reason::corrupt);
  EXPECT_EQ(followed.number(), 1);
  EXPECT_EQ(followed.sha256(), before);
  EXPECT_TRUE(followed.follow(lines[1]));
}

}  // namespace
}  // namespace strongroom

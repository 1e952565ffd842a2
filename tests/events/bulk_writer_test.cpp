// Goal: everything that is added is taken or refused, once a batch is settled, whatever the server does meanwhile; a
// batch is no larger than it may be. Method: a server in memory that answers as it is told, a clock that jumps.
#include "events/bulk_writer.hpp"

#include <gmock/gmock.h>

#include <deque>

#include "contracts/catalogue_contract_bench.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::events {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Le;

/// Takes everything but what is told to it.
class ToldServer final : public IndexServer {
 public:
  std::vector<std::size_t> batches;                               ///< how many documents each had
  std::set<std::string> taken;                                    ///< ids
  std::deque<Error> faults;                                       ///< of the next calls, instead of an answer
  std::set<std::string> poison;                                   ///< no batch with one of these is taken
  std::map<std::string, std::deque<DocumentOutcome>> outcomes{};  ///< of an id, in turn, before it is taken

  Result<bool> has_index(const std::string&) override { return true; }
  Result<bool> put_index(const std::string&, const std::string&) override { return false; }
  Result<std::vector<DocumentAnswer>> write(const std::vector<IndexDocument>& documents) override {
    batches.push_back(documents.size());
    if (!faults.empty()) {
      Error fault = faults.front();
      faults.pop_front();
      return fault;
    }
    for (const IndexDocument& one : documents) {
      if (poison.contains(one.key.id)) return rejected("not this batch");
    }
    std::vector<DocumentAnswer> answers;
    for (const IndexDocument& one : documents) {
      auto& told = outcomes[one.key.id];
      DocumentAnswer answer{told.empty() ? DocumentOutcome::taken : told.front(), "a reason"};
      if (!told.empty()) told.pop_front();
      if (answer.outcome == DocumentOutcome::taken) taken.insert(one.key.id);
      answers.push_back(answer);
    }
    return answers;
  }
};

class BulkWriterTest : public testing::Test {
 protected:
  void make(const BulkSettings& settings = {}) {
    writer = std::make_unique<BulkWriter>(BulkNeeds{server, clock, log, metrics}, settings, source.get_token(),
                                          [this](const BulkOutcome& outcome) -> Result<void> {
                                            settled.push_back(outcome);
                                            return {};
                                          });
  }
  Result<void> add(int from, int to, const std::string& text = "{}") {
    for (int i = from; i < to; ++i) TRY_VOID(writer->add({{"files", std::to_string(i)}, 1, text, 7}));
    return {};
  }
  std::vector<std::string> refused() {
    std::vector<std::string> ids;
    for (const BulkOutcome& outcome : settled) {
      for (const RefusedDocument& one : outcome.refused) ids.push_back(one.key.id);
    }
    return ids;
  }
  std::size_t number_taken() {
    std::size_t number = 0;
    for (const BulkOutcome& outcome : settled) number += outcome.taken.size();
    return number;
  }

  ToldServer server;
  contracts::CommandedClock clock;
  test::FakeLog log;
  NoMetrics metrics;
  std::stop_source source;
  std::vector<BulkOutcome> settled;
  std::unique_ptr<BulkWriter> writer;
};

TEST_F(BulkWriterTest, BatchesAreBoundedByNumberAndByBytes) {
  make();
  ASSERT_TRUE(add(0, 2500));
  EXPECT_THAT(server.batches, ElementsAre(1000, 1000));
  ASSERT_TRUE(writer->flush());
  EXPECT_THAT(server.batches, ElementsAre(1000, 1000, 500));
  EXPECT_EQ(settled.size(), 3U);
  ASSERT_TRUE(add(2500, 2510, std::string(2 << 20, 'x')));
  ASSERT_TRUE(writer->flush());
  server.batches.erase(server.batches.begin(), server.batches.begin() + 3);
  EXPECT_THAT(server.batches, Each(Le(2U)));
  EXPECT_EQ(server.taken.size(), 2510U);
  // One that is larger than a batch goes alone.
  ASSERT_TRUE(add(2510, 2511, std::string(6 << 20, 'x')));
  ASSERT_TRUE(writer->flush());
  EXPECT_EQ(server.taken.size(), 2511U);
}

TEST_F(BulkWriterTest, TroubleIsWaitedForEverLonger) {
  make();
  for (int i = 0; i < 12; ++i) server.faults.push_back(i % 2 == 0 ? temporary("busy") : broken("no credentials"));
  ASSERT_TRUE(add(0, 3));
  const Duration before = clock.since_boot();
  ASSERT_TRUE(writer->flush());
  // 1, 2, 4 ... 64, then two minutes each.
  EXPECT_EQ(clock.since_boot() - before, std::chrono::seconds(127 + 5 * 120));
  EXPECT_EQ(server.taken.size(), 3U);
  EXPECT_THAT(log.text, HasSubstr("index_not_written attempt=12 error=no credentials"));
  EXPECT_EQ(settled.size(), 1U);
}

TEST_F(BulkWriterTest, OnlyTheBusyOnesAreSentAgain) {
  make();
  server.outcomes["1"] = {DocumentOutcome::busy, DocumentOutcome::busy};
  server.outcomes["2"] = {DocumentOutcome::busy, DocumentOutcome::refused};
  server.outcomes["3"] = {DocumentOutcome::older};
  ASSERT_TRUE(add(0, 5));
  ASSERT_TRUE(writer->flush());
  EXPECT_THAT(server.batches, ElementsAre(5, 2, 1));
  ASSERT_EQ(settled.size(), 1U);
  EXPECT_EQ(settled[0].taken.size(), 4U);  // with the older one
  ASSERT_EQ(settled[0].refused.size(), 1U);
  EXPECT_EQ(settled[0].refused[0].key.id, "2");
  EXPECT_EQ(settled[0].refused[0].sequence, 7);
  EXPECT_EQ(settled[0].refused[0].reason, "a reason");
}

TEST_F(BulkWriterTest, ABatchIsHalvedDownToTheDocumentToBlame) {
  make();
  server.poison = {"0", "500", "999"};
  ASSERT_TRUE(add(0, 1000));
  ASSERT_TRUE(writer->flush());
  EXPECT_THAT(refused(), ElementsAre("0", "500", "999"));
  EXPECT_EQ(server.taken.size(), 997U);
  EXPECT_EQ(number_taken(), 997U);
  EXPECT_LE(server.batches.size(), 3U * 2 * 10 + 1);
}

TEST_F(BulkWriterTest, AttemptsEnd) {
  BulkSettings settings;
  settings.attempts = 3;
  make(settings);
  for (int i = 0; i < 3; ++i) server.faults.push_back(temporary("busy"));
  ASSERT_TRUE(add(0, 2));
  const auto vain = writer->flush();
  ASSERT_FALSE(vain);
  EXPECT_EQ(vain.error().what, "busy");
  EXPECT_TRUE(settled.empty());
}

TEST_F(BulkWriterTest, AStopEndsIt) {
  make();
  ASSERT_TRUE(add(0, 2));
  source.request_stop();
  const auto stopped = writer->flush();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().reason, Reason::stopped);
  EXPECT_TRUE(server.batches.empty());
  EXPECT_TRUE(settled.empty());
}

TEST_F(BulkWriterTest, WhatCannotBeSettledIsTold) {
  BulkWriter failing({server, clock, log, metrics}, {}, {},
                     [](const BulkOutcome&) -> Result<void> { return temporary("the disk is full"); });
  ASSERT_TRUE(failing.add({{"files", "1"}, 1, "{}", 1}));
  EXPECT_FALSE(failing.flush());
}

TEST_F(BulkWriterTest, WhatIsDroppedIsNotSent) {
  make();
  ASSERT_TRUE(add(0, 2));
  writer->drop();
  ASSERT_TRUE(writer->flush());
  EXPECT_TRUE(server.taken.empty());
}

}  // namespace
}  // namespace strongroom::events

// Goal: the tail gives every stream what passes its filter, wakes those concerned, and stays small. Method: an event
// log in memory, a commanded clock, the tail stepped by hand.
#include "events/tail.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::events {
namespace {

/// Events that are given by the test. `down`: cannot be read.
class ListedEvents final : public EventLog {
 public:
  std::vector<LoggedEvent> events;
  bool down = false;
  int reads = 0;

  void append(const std::string& kind, const std::string& space, std::size_t size = 10) {
    LoggedEvent logged;
    logged.event.sequence = events.empty() ? 1 : events.back().event.sequence + 2;
    logged.event.id = "id";
    logged.event.kind = kind;
    logged.event.space = space;
    logged.event.body = "\"" + std::string(size, 'x') + "\"";
    events.push_back(std::move(logged));
  }
  Result<EventPage> events_after(std::int64_t after, const EventFilter& filter, std::size_t limit,
                                 std::size_t look) override {
    ++reads;
    EventPage page;
    page.looked_at = after;
    for (const LoggedEvent& logged : events) {
      if (logged.event.sequence <= after) continue;
      page.more = page.events.size() == limit || page.looked == look;
      if (page.more) break;
      ++page.looked;
      page.looked_at = logged.event.sequence;
      if (filter.passes(logged.event.kind, logged.event.space)) page.events.push_back(logged);
    }
    return page;
  }
  Result<std::int64_t> last_sequence() override {
    ++reads;
    if (down) return test::unreachable();
    return events.empty() ? 0 : events.back().event.sequence;
  }
  Result<std::uint64_t> begin_reindex(const NewReindex&) override { return test::not_in_fake(); }
  Result<std::optional<ReindexBatch>> continue_reindex(Instant, const std::vector<std::string>&) override {
    return test::not_in_fake();
  }
  Result<std::uint64_t> drop_updates(Instant, std::size_t) override { return test::not_in_fake(); }
  Result<std::uint64_t> drop_transfer_updates(Instant, std::size_t) override { return test::not_in_fake(); }
};

class TailTest : public testing::Test {
 protected:
  std::unique_ptr<Tail::Seat> seat(const EventFilter& filter = {}, const std::string& client = "all") {
    return tail.take_seat(*ClientId::parse(client), filter);
  }
  /// The frames that lie behind `after`; nothing when the tail does not reach back.
  static std::optional<std::size_t> frames(Tail::Seat& seat, std::int64_t after) {
    std::string out;
    const auto taken = seat.take(after, 100'000'000, out);
    return taken ? std::optional(taken->frames) : std::nullopt;
  }

  ListedEvents log;
  test::FakeCatalogue catalogue;
  test::FakeClock clock;
  NoMetrics metrics;
  test::FakeLog journal;
  Tail tail{{log, catalogue, clock, metrics, journal}, {"http://sr.test/context.json", 4}};
};

TEST_F(TailTest, NobodyAsksTheDatabaseWhileNobodyReads) {
  log.append("a", "maps");
  tail.step();
  EXPECT_EQ(log.reads, 0);
  {
    const auto reader = seat();
    tail.step();
    EXPECT_GT(log.reads, 0);
  }
  const int before = log.reads;
  tail.step();
  EXPECT_EQ(log.reads, before);
}

TEST_F(TailTest, GivesWhatPassesAndWakesWhomItConcerns) {
  const auto maps = seat({.space = "maps"});
  const auto kinds = seat({.kinds = {"b"}});
  const auto granted = seat({.allowed_spaces = std::vector<std::string>{"atlas"}}, "mapper");
  std::array<int, 3> woken{};
  maps->on_ready([&] { ++woken[0]; });
  kinds->on_ready([&] { ++woken[1]; });
  granted->on_ready([&] { ++woken[2]; });
  log.append("a", "maps");
  EXPECT_EQ(frames(*maps, 0), std::nullopt);  // the tail has not begun
  tail.step();
  EXPECT_EQ(woken, (std::array{1, 1, 1}));  // all are to look for themselves, once
  EXPECT_EQ(frames(*maps, 0), std::nullopt);
  EXPECT_EQ(frames(*maps, 1), 0U);
  log.append("a", "maps");
  log.append("b", "maps");
  tail.step();
  EXPECT_EQ(woken, (std::array{2, 2, 1}));
  EXPECT_EQ(frames(*maps, 1), 2U);
  EXPECT_EQ(frames(*kinds, 1), 1U);
  EXPECT_EQ(frames(*granted, 1), 0U);
  EXPECT_EQ(frames(*maps, 3), 1U);
  EXPECT_EQ(frames(*maps, 4), 1U);
  EXPECT_EQ(frames(*maps, 5), 0U);
  // The grant changes.
  granted->filter({.allowed_spaces = std::vector<std::string>{"maps"}});
  EXPECT_EQ(frames(*granted, 1), 2U);
}

TEST_F(TailTest, EndsAtTheSizeAskedForAndGoesOnThere) {
  const auto reader = seat();
  tail.step();
  for (int i = 0; i < 10; ++i) log.append("a", "maps");
  tail.step();
  std::string out;
  const auto one = reader->take(0, 1, out);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->frames, 1U);
  EXPECT_EQ(one->at, 1);
  EXPECT_EQ(frames(*reader, one->at), 9U);
}

TEST_F(TailTest, IsBoundedInNumberAndInBytes) {
  const auto reader = seat();
  tail.step();
  for (std::size_t i = 0; i < limits::kTailEventsMax + 10; ++i) log.append("a", "maps");
  for (int i = 0; i < 10; ++i) tail.step();
  EXPECT_EQ(frames(*reader, 0), std::nullopt);
  const std::int64_t last = log.events.back().event.sequence;
  EXPECT_EQ(frames(*reader, last - 2 * static_cast<std::int64_t>(limits::kTailEventsMax)), limits::kTailEventsMax);
  EXPECT_EQ(frames(*reader, last - 2 * static_cast<std::int64_t>(limits::kTailEventsMax) - 2), std::nullopt);
  for (int i = 0; i < 6; ++i) log.append("a", "maps", limits::kTailBytesMax / 4);
  for (int i = 0; i < 3; ++i) tail.step();
  EXPECT_EQ(frames(*reader, last), std::nullopt);
  std::string out;
  const auto taken = reader->take(log.events.back().event.sequence - 2, 1, out);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->frames, 1U);
  EXPECT_LT(*frames(*reader, log.events.back().event.sequence - 6), 4U);
}

TEST_F(TailTest, WakesWhenItIsTime) {
  const auto reader = seat();
  int woken = 0;
  reader->on_ready([&] { ++woken; });
  tail.step();
  woken = 0;
  reader->wait_until(clock.since_boot() + std::chrono::seconds(5));
  tail.step();
  EXPECT_EQ(woken, 0);
  clock.pass(std::chrono::seconds(5));
  tail.step();
  tail.step();
  EXPECT_EQ(woken, 1);
}

TEST_F(TailTest, StreamsAreBoundedAndNoClientTakesThemAll) {
  auto first = seat();
  const auto second = seat();
  EXPECT_EQ(seat(), nullptr);  // half of them
  const auto third = seat({}, "mapper");
  const auto fourth = seat({}, "mapper");
  EXPECT_NE(fourth, nullptr);
  EXPECT_EQ(seat({}, "other"), nullptr);
  first.reset();
  EXPECT_NE(seat({}, "other"), nullptr);
}

TEST_F(TailTest, ClosingEndsThemAndLetsNoneBegin) {
  const auto reader = seat();
  int woken = 0;
  reader->on_ready([&] { ++woken; });
  EXPECT_FALSE(reader->closing());
  tail.close();
  EXPECT_TRUE(reader->closing());
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(seat(), nullptr);
}

TEST_F(TailTest, TroubleIsToldOnceAndLosesNothing) {
  const auto reader = seat();
  tail.step();
  log.append("a", "maps");
  log.down = true;
  tail.step();
  tail.step();
  EXPECT_EQ(journal.text, "events_not_followed error=the database cannot be reached\n");
  log.down = false;
  tail.step();
  EXPECT_EQ(frames(*reader, 0), 1U);
}

}  // namespace
}  // namespace strongroom::events

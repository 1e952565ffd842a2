// Several walkers at once, in every order a seed can think of, some of which stall for longer than their leases and
// then go on as if nothing had happened, and some of which die.
//
// Half of the worlds let processes notice by their own clock that a lease is in danger; in the other half only the
// fence protects. Every world must end like any other. STRONGROOM_INTERLEAVINGS sets their number (default 500),
// STRONGROOM_SEED the first of their seeds.
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>

#include "scheduler.hpp"
#include "world.hpp"

namespace strongroom::simulation {
namespace {

using std::chrono::seconds;

/// Time is the scheduler's.
class ScheduledClock final : public SimClock {
 public:
  explicit ScheduledClock(Scheduler& scheduler) : scheduler_(scheduler) {}
  Instant now() override { return refresh().SimClock::now(); }
  Duration since_boot() override { return refresh().SimClock::since_boot(); }
  bool wait_until(Duration until, std::stop_token stop) override {
    scheduler_.sleep_until(until);
    return !stop.stop_requested();
  }

 private:
  SimClock& refresh() {
    advance_to(scheduler_.elapsed());
    return *this;
  }
  Scheduler& scheduler_;
};

/// Hands the baton on at every port event; now and then the process stalls, or dies.
class BatonGate final : public Gate {
 public:
  explicit BatonGate(Scheduler& scheduler) : scheduler_(scheduler) {}

  Result<void> at(const char* /*event*/, Moment /*moment*/) override {
    scheduler_.yield();
    const auto dice = scheduler_.dice() % 4000;
    // Both cost the bag a worker, and the sixth loss would rightly end the ingest.
    if (dice >= 20 || losses_ >= 5) return {};
    losses_ += 1;
    if (dice < 5) throw Death{};
    stalls_ += 1;
    scheduler_.sleep_until(scheduler_.elapsed() + seconds(70));
    return {};
  }
  [[nodiscard]] int stalls() const { return stalls_; }

 private:
  Scheduler& scheduler_;
  int losses_ = 0;
  int stalls_ = 0;
};

constexpr std::size_t kProcesses = 3;
constexpr int kTurnsMax = 20'000;

/// The life of one thread: a process after the other, each until it dies or everything is at rest.
void live(World& world, Scheduler& scheduler, std::size_t self) {
  scheduler.enter(self);
  auto process = world.start_process();
  // One turn more than needed: whoever left a walk looks once more whether it is still its own.
  bool last = false;
  for (int turns = 0; turns < kTurnsMax && !last; ++turns) {
    last = world.at_rest();
    try {
      world.renew(*process);
      const auto walked = process->walker->walk_one({});
      const auto delivered = process->notifier->deliver_one();
      const bool busy = (walked && *walked) || (delivered && *delivered);
      if (!busy) scheduler.sleep_until(scheduler.elapsed() + seconds(1));
    } catch (const Death&) {
      world.bury(*process);
      process = world.start_process();
    }
  }
  scheduler.leave();
}

int run_interleaved(std::uint64_t seed) {
  Scheduler scheduler(seed, kProcesses);
  BatonGate gate(scheduler);
  WorldSettings settings;
  settings.seed = seed;
  settings.horizons = seed % 2 == 0;
  settings.show_log = std::getenv("STRONGROOM_SHOW_LOG") != nullptr;
  World world(settings, gate, std::make_unique<ScheduledClock>(scheduler));
  world.post_the_usual();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kProcesses; ++i) {
    threads.emplace_back([&, i] { live(world, scheduler, i); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(world.at_rest());
  world.check();
  return gate.stalls();
}

TEST(InterleavingTest, SeveralWalkersWithLostLeases) {
  const std::uint64_t worlds = from_environment("STRONGROOM_INTERLEAVINGS", 500);
  const std::uint64_t first = from_environment("STRONGROOM_SEED", 1);
  const std::uint64_t fresh = std::random_device{}();
  int stalls = 0;
  for (std::uint64_t i = 0; i <= worlds; ++i) {
    const std::uint64_t seed = i < worlds ? first + i : fresh;
    stalls += run_interleaved(seed);
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
  EXPECT_GT(stalls, 0) << "no lease was ever in danger";
  std::printf("%llu interleavings from seed %llu and the fresh seed %llu, %d stalls\n",
              static_cast<unsigned long long>(worlds), static_cast<unsigned long long>(first),
              static_cast<unsigned long long>(fresh), stalls);
}

}  // namespace
}  // namespace strongroom::simulation

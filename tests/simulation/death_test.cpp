// The whole journey on memory adapters: death, and errors before and after their effect, at every port event.
//
// A clean world is run once to count its port events. Then one world for each event and moment, in which the process
// dies there, or the call fails there; and random worlds with many of both. Every world must end alike: right versions,
// equal locations, one description each, one event, one callback, nothing dangling. A failing world is a seed and a
// number.
//
// STRONGROOM_WORLDS sets the number of random worlds (default 2,000), STRONGROOM_SEED the first of their seeds,
// STRONGROOM_STRIDE how many port events lie between two that something happens at (default 1: none is left out).
#include <cstdlib>

#include <gtest/gtest.h>

#include "world.hpp"

namespace strongroom::simulation {
namespace {

/// Lets everything pass, and counts.
class CountingGate final : public Gate {
 public:
  Result<void> at(const char* /*event*/, Moment moment) override {
    if (moment == Moment::before) events_ += 1;
    return {};
  }
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  std::uint64_t events_ = 0;
};

enum class Happening : std::uint8_t { death, reboot, error };

/// Something happens once, at one event and moment.
class OnceGate final : public Gate {
 public:
  OnceGate(std::uint64_t target, Moment moment, Happening happening)
      : target_(target), moment_(moment), happening_(happening) {}

  Result<void> at(const char* event, Moment moment) override {
    if (moment == Moment::before) events_ += 1;
    if (happened_ || events_ != target_ || moment != moment_) return {};
    happened_ = true;
    name_ = event;
    if (happening_ == Happening::error) return temporary("the simulated port is in trouble");
    throw Death{};
  }
  [[nodiscard]] std::string where() const {
    return std::string(name_) + (moment_ == Moment::before ? " before" : " after") + " its effect, event " +
           std::to_string(target_);
  }
  [[nodiscard]] bool happened() const { return happened_; }

 private:
  std::uint64_t target_;
  Moment moment_;
  Happening happening_;
  std::uint64_t events_ = 0;
  bool happened_ = false;
  const char* name_ = "";
};

/// Deaths and errors by chance.
class RandomGate final : public Gate {
 public:
  explicit RandomGate(std::uint64_t seed) : random_(seed) {
    death_per_mille_ = static_cast<unsigned>(random_() % 12);
    error_per_mille_ = static_cast<unsigned>(random_() % 30);
  }
  Result<void> at(const char* event, Moment /*moment*/) override {
    // Trouble ends, so that worlds do: liveness is judged after it.
    if (++events_ > 20'000) return {};
    const auto dice = random_() % 2000;
    // The sixth loss ends an ingest, rightly (CORRECTNESS 2.2): fewer than that must not.
    if (dice < death_per_mille_ && deaths_ < 5) {
      deaths_ += 1;
      throw Death{};
    }
    if (dice >= 1000 && dice < 1000 + error_per_mille_) return temporary(std::string("trouble at ") + event);
    return {};
  }
  bool reboots() { return random_() % 4 == 0; }
  [[nodiscard]] int deaths() const { return deaths_; }

 private:
  std::mt19937_64 random_;
  unsigned death_per_mille_;
  unsigned error_per_mille_;
  std::uint64_t events_ = 0;
  int deaths_ = 0;
};

std::uint64_t events_of_a_clean_world(bool direct_last = false) {
  CountingGate gate;
  WorldSettings settings;
  settings.direct_last = direct_last;
  settings.verify_last = CopyCheck::server_checksum;
  settings.show_log = std::getenv("STRONGROOM_SHOW_LOG") != nullptr;
  World world(settings, gate);
  world.post_the_usual();
  world.run_to_rest([] { return false; });
  world.check();
  return gate.events();
}

void run_once_at_every_event(Happening happening, bool direct_last = false) {
  const std::uint64_t events = events_of_a_clean_world(direct_last);
  ASSERT_GT(events, 300U);
  const std::uint64_t stride = from_environment("STRONGROOM_STRIDE", 1);
  for (std::uint64_t target = 1; target <= events; target += stride) {
    for (Moment moment : {Moment::before, Moment::after}) {
      OnceGate gate(target, moment, happening);
      WorldSettings settings;
      settings.direct_last = direct_last;
      settings.verify_last = CopyCheck::server_checksum;
      World world(settings, gate);
      world.post_the_usual();
      world.run_to_rest([&] { return happening == Happening::reboot; });
      world.check();
      ASSERT_FALSE(testing::Test::HasFailure()) << gate.where();
    }
  }
}

TEST(SimulationTest, ACleanWorldEndsWell) {
  const std::uint64_t events = events_of_a_clean_world();
  RecordProperty("port_events", std::to_string(events));
  std::printf("a clean world has %llu port events\n", static_cast<unsigned long long>(events));
}

TEST(SimulationTest, DeathAtEveryPortEvent) { run_once_at_every_event(Happening::death); }

TEST(SimulationTest, ARebootAtEveryPortEvent) { run_once_at_every_event(Happening::reboot); }

TEST(SimulationTest, AnErrorAtEveryPortEvent) { run_once_at_every_event(Happening::error); }

TEST(SimulationTest, DeathAtEveryPortEventWithAnObjectStore) { run_once_at_every_event(Happening::death, true); }

TEST(SimulationTest, AnErrorAtEveryPortEventWithAnObjectStore) { run_once_at_every_event(Happening::error, true); }

TEST(SimulationTest, RandomDeathsRebootsAndErrors) {
  const std::uint64_t worlds = from_environment("STRONGROOM_WORLDS", 2000);
  const std::uint64_t fresh = std::random_device{}();
  const std::uint64_t first = from_environment("STRONGROOM_SEED", 1);
  int deaths = 0;
  for (std::uint64_t i = 0; i <= worlds; ++i) {
    const std::uint64_t seed = i < worlds ? first + i : fresh;
    RandomGate gate(seed);
    WorldSettings settings;
    settings.seed = seed;
    settings.direct_last = seed % 3 == 0;
    settings.verify_last = seed % 2 == 0 ? CopyCheck::server_checksum : CopyCheck::full;
    settings.show_log = std::getenv("STRONGROOM_SHOW_LOG") != nullptr;
    World world(settings, gate);
    world.post_the_usual();
    world.run_to_rest([&] { return gate.reboots(); });
    world.check();
    deaths += gate.deaths();
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
  std::printf("%llu worlds from seed %llu and the fresh seed %llu, %d deaths\n",
              static_cast<unsigned long long>(worlds), static_cast<unsigned long long>(first),
              static_cast<unsigned long long>(fresh), deaths);
}

}  // namespace
}  // namespace strongroom::simulation

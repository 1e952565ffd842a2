// Signals in processes of their own: one asks for a stop, a second one ends the process, SIGHUP reloads, SIGPIPE does
// nothing.
#include "adapters/host/stop_signals.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>

#include "adapters/host/system_clock.hpp"

namespace strongroom::host {
namespace {

/// Runs `body` in a child; its exit code, or 256 + the signal that killed it.
int run_child(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

bool stopped(const StopSignals& signals) {
  SystemClock clock;
  return !clock.wait_until(clock.since_boot() + std::chrono::seconds(60), signals.token());
}

class StopSignalsTest : public ::testing::TestWithParam<int> {};

TEST_P(StopSignalsTest, TheFirstAsksForAStop) {
  const int number = GetParam();
  EXPECT_EQ(run_child([&] {
              const auto signals = StopSignals::watch();
              if (!signals || signals.value()->token().stop_requested()) return 1;
              kill(getpid(), number);
              return stopped(*signals.value()) ? 42 : 2;
            }),
            42);
}

TEST_P(StopSignalsTest, TheSecondEndsTheProcess) {
  const int number = GetParam();
  EXPECT_EQ(run_child([&] {
              const auto signals = StopSignals::watch();
              if (!signals) return 1;
              kill(getpid(), number);
              if (!stopped(*signals.value())) return 2;
              kill(getpid(), number);
              while (true) pause();
            }),
            128 + number);
}

INSTANTIATE_TEST_SUITE_P(Signals, StopSignalsTest, ::testing::Values(SIGTERM, SIGINT));

TEST(StopSignalsOtherTest, HangUpAndBrokenPipesDoNotStop) {
  EXPECT_EQ(run_child([] {
              const auto signals = StopSignals::watch();
              if (!signals) return 1;
              kill(getpid(), SIGHUP);
              kill(getpid(), SIGPIPE);
              std::array<int, 2> ends{};
              if (pipe(ends.data()) != 0) return 2;
              close(ends[0]);
              if (write(ends[1], "x", 1) != -1) return 3;
              // The hang-up is read before the signal that comes after it.
              kill(getpid(), SIGTERM);
              return stopped(*signals.value()) ? 42 : 4;
            }),
            42);
}

TEST(StopSignalsOtherTest, HangUpReloads) {
  EXPECT_EQ(run_child([] {
              const auto signals = StopSignals::watch();
              if (!signals) return 1;
              std::atomic<int> reloads = 0;
              signals.value()->on_reload([&] { ++reloads; });
              kill(getpid(), SIGHUP);
              SystemClock clock;
              for (int i = 0; i < 2000 && reloads == 0; ++i) {
                clock.wait_until(clock.since_boot() + std::chrono::milliseconds(10), {});
              }
              signals.value()->on_reload({});
              kill(getpid(), SIGHUP);
              kill(getpid(), SIGTERM);
              return stopped(*signals.value()) ? 40 + reloads : 2;
            }),
            41);
}

TEST(StopSignalsOtherTest, EndsWithoutASignal) {
  EXPECT_EQ(run_child([] {
              {
                const auto signals = StopSignals::watch();
              }
              // Afterwards signals act as before.
              kill(getpid(), SIGTERM);
              return 1;
            }),
            256 + SIGTERM);
}

}  // namespace
}  // namespace strongroom::host

// Tables and colours: aligned for people, with tabs for programs, and colours only where they are wanted.
#include "cli/table.hpp"

#include <gtest/gtest.h>

#include "adapters/host/kernel_entropy.hpp"
#include "adapters/host/system_clock.hpp"
#include "cli/temporary_directory.hpp"

namespace strongroom::cli {
namespace {

Table example() {
  Table table({"NAME", "STATE", "LAST"});
  table.add({{"\xC3\xBC", ""}, {"failed", "failed"}, {"", ""}});
  table.add({{"longer", ""}, {"done", ""}, {"x", ""}});
  return table;
}

TEST(TableTest, Aligned) {
  EXPECT_EQ(example().aligned(Paint(false)), "NAME    STATE   LAST\n\xC3\xBC       failed  \nlonger  done    x\n");
  EXPECT_EQ(Table({"A"}).aligned(Paint(true)), "");
}

TEST(TableTest, ColoursDoNotMoveColumns) {
  const std::string painted = example().aligned(Paint(true));
  EXPECT_NE(painted.find("\x1B[31mfailed\x1B[0m  \n"), std::string::npos) << painted;
}

TEST(TableTest, Plain) { EXPECT_EQ(example().plain(), "\xC3\xBC\tfailed\t\nlonger\tdone\tx\n"); }

TEST(PaintTest, OnlyWhereWanted) {
  struct Case {
    bool terminal;
    std::map<std::string, std::string> variables;
    Colours colours;
    bool painted;
  };
  const Case cases[] = {
      {false, {}, Colours::automatic, false},
      {true, {}, Colours::automatic, true},
      {true, {{"NO_COLOR", "1"}}, Colours::automatic, false},
      {true, {{"TERM", "dumb"}}, Colours::automatic, false},
      {true, {{"TERM", "xterm"}}, Colours::automatic, true},
      {true, {}, Colours::never, false},
      {false, {{"NO_COLOR", "1"}}, Colours::always, true},
  };
  host::SystemClock clock;
  host::KernelEntropy entropy;
  for (const Case& c : cases) {
    KeptConsole console;
    console.terminal = c.terminal;
    console.variables = c.variables;
    EXPECT_EQ(Paint::for_out({console, clock, entropy, c.colours}).bold("x") != "x", c.painted);
  }
}

}  // namespace
}  // namespace strongroom::cli

// Goal: what the command prints to be typed again is read by a shell as it was meant.
// Method: a table of words and their spellings.
#include "cli/dry_run.hpp"

#include <gtest/gtest.h>

namespace strongroom::cli {
namespace {

TEST(ShellWordTest, Table) {
  EXPECT_EQ(shell_word("filesystem:uploads/2024/b1.tar.gz"), "filesystem:uploads/2024/b1.tar.gz");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a bag"), "'a bag'");
  EXPECT_EQ(shell_word("a bag's $(x)"), "'a bag'\\''s $(x)'");
  EXPECT_EQ(shell_word("*"), "'*'");
  EXPECT_EQ(shell_word("https://flow.test/done?job=1&x"), "'https://flow.test/done?job=1&x'");
}

}  // namespace
}  // namespace strongroom::cli

// The limit of open files in a process of its own: lowered first, then raised to what the system allows.
#include "adapters/host/open_files.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace strongroom::host {
namespace {

TEST(OpenFilesTest, RaisesTheSoftLimitToTheHardOne) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit low{64, 512};
    if (setrlimit(RLIMIT_NOFILE, &low) != 0) _exit(1);
    if (raise_open_files() != 512) _exit(2);
    rlimit now{};
    getrlimit(RLIMIT_NOFILE, &now);
    _exit(now.rlim_cur == 512 && raise_open_files() == 512 ? 42 : 3);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 42);
}

}  // namespace
}  // namespace strongroom::host

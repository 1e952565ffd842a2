// Who is alive: real processes hold locks, are killed, and are found dead.
#include "adapters/host/worker_lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>

#include "adapters/host/kernel_entropy.hpp"

namespace strongroom::host {
namespace {

namespace fs = std::filesystem;

class WorkerLockTest : public ::testing::Test {
 protected:
  WorkerLockTest() {
    std::string name = testing::TempDir() + "workers-XXXXXX";
    data_ = mkdtemp(name.data());
  }
  ~WorkerLockTest() override { fs::remove_all(data_); }

  std::unique_ptr<WorkerLock> take() {
    Result<std::unique_ptr<WorkerLock>> lock = WorkerLock::take(data_, entropy_);
    EXPECT_TRUE(lock);
    return std::move(lock).value();
  }
  fs::path file_of(const OwnerId& owner) const { return data_ / "workers" / (owner.id + ".lock"); }

  KernelEntropy entropy_;
  fs::path data_;
};

/// A worker in a process of its own, which lives until it is killed.
class OtherWorker {
 public:
  explicit OtherWorker(const fs::path& data) {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe(ends.data()), 0);
    pid_ = fork();
    if (pid_ == 0) live(data, ends[1]);
    close(ends[1]);
    std::array<char, 36> id{};
    EXPECT_EQ(read(ends[0], id.data(), id.size()), 36);
    close(ends[0]);
    owner_ = OwnerId{read_boot_id().value(), std::string(id.data(), id.size())};
  }
  ~OtherWorker() { kill_hard(); }

  [[nodiscard]] const OwnerId& owner() const { return owner_; }
  void kill_hard() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  [[noreturn]] static void live(const fs::path& data, int tell) {
    KernelEntropy entropy;
    const auto lock = WorkerLock::take(data, entropy);
    if (lock) {
      const std::string& id = lock.value()->owner().id;
      if (write(tell, id.data(), id.size()) != static_cast<ssize_t>(id.size())) _exit(1);
    }
    while (true) pause();
  }

  pid_t pid_ = 0;
  OwnerId owner_;
};

TEST_F(WorkerLockTest, AKilledProcessIsProvenDead) {
  const auto own = take();
  OtherWorker other(data_);
  EXPECT_FALSE(own->proven_dead(other.owner()));
  EXPECT_TRUE(fs::exists(file_of(other.owner())));
  other.kill_hard();
  EXPECT_TRUE(own->proven_dead(other.owner()));
  EXPECT_FALSE(fs::exists(file_of(other.owner())));
  EXPECT_TRUE(own->proven_dead(other.owner()));
}

TEST_F(WorkerLockTest, TheOwnOneIsNeverDead) {
  const auto own = take();
  EXPECT_FALSE(own->proven_dead(own->owner()));
  fs::remove(file_of(own->owner()));
  EXPECT_FALSE(own->proven_dead(own->owner()));
}

TEST_F(WorkerLockTest, AnotherBootIsDead) {
  const auto own = take();
  OwnerId owner = own->owner();
  owner.boot = "11111111-2222-4333-8444-555555555555";
  EXPECT_TRUE(own->proven_dead(owner));
  EXPECT_TRUE(fs::exists(file_of(owner)));
}

TEST_F(WorkerLockTest, AnOwnerThatLeftIsDead) {
  const auto own = take();
  OwnerId gone;
  {
    const auto other = take();
    gone = other->owner();
    EXPECT_FALSE(own->proven_dead(gone));
    EXPECT_TRUE(fs::exists(file_of(gone)));
  }
  EXPECT_FALSE(fs::exists(file_of(gone)));
  EXPECT_TRUE(own->proven_dead(gone));
}

TEST_F(WorkerLockTest, AnIdThatIsNoneProvesNothing) {
  const auto own = take();
  EXPECT_FALSE(own->proven_dead({own->owner().boot, "../../etc/passwd"}));
  EXPECT_FALSE(own->proven_dead({own->owner().boot, ""}));
}

TEST_F(WorkerLockTest, OwnersDiffer) {
  const auto one = take();
  const auto two = take();
  EXPECT_NE(one->owner().id, two->owner().id);
  EXPECT_EQ(one->owner().boot, two->owner().boot);
}

TEST_F(WorkerLockTest, ADataDirectoryThatIsAFileIsBroken) {
  const fs::path file = data_ / "workers";
  FILE* made = std::fopen(file.c_str(), "w");
  ASSERT_NE(made, nullptr);
  std::fclose(made);
  const auto lock = WorkerLock::take(data_, entropy_);
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().act, Act::broken);
  EXPECT_EQ(lock.error().where, file.string());
}

}  // namespace
}  // namespace strongroom::host

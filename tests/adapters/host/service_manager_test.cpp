// What a service manager hears: real datagram sockets, by path and abstract, play the manager.
#include "adapters/host/service_manager.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <map>
#include <thread>

#include "adapters/host/system_clock.hpp"

namespace strongroom::host {
namespace {

namespace fs = std::filesystem;
using Variables = std::map<std::string, std::string>;

Result<std::unique_ptr<ServiceManager>> find(const Variables& variables) {
  return ServiceManager::find([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

/// The manager's end of the socket. A name beginning with `@` is an abstract one.
class Listener {
 public:
  explicit Listener(const std::string& name) : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const std::size_t size = offsetof(sockaddr_un, sun_path) + name.size() + (name.front() == '@' ? 0 : 1);
    EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)), 0);
  }
  ~Listener() { close(socket_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// The next message, waited for; empty when none comes for a long time.
  std::string hear() const { return take(30'000); }
  /// Whether a message lies there.
  [[nodiscard]] bool has_heard() const { return !take(0).empty(); }

 private:
  std::string take(int milliseconds) const {
    pollfd wanted{socket_, POLLIN, 0};
    if (poll(&wanted, 1, milliseconds) <= 0) return {};
    std::array<char, 4096> text{};
    const ssize_t size = recv(socket_, text.data(), text.size(), 0);
    return {text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  }

  int socket_;
};

class ServiceManagerTest : public ::testing::Test {
 protected:
  ServiceManagerTest() {
    std::string name = testing::TempDir() + "manager-XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~ServiceManagerTest() override { fs::remove_all(directory_); }

  [[nodiscard]] std::string path() const { return (directory_ / "notify").string(); }
  /// A name that no other test on this machine has: that of the directory, which mkdtemp has made unique.
  [[nodiscard]] std::string abstract() const { return "@" + directory_.string(); }

  fs::path directory_;
};

TEST_F(ServiceManagerTest, HearsEveryMessage) {
  for (const std::string& name : {path(), abstract()}) {
    const Listener listener(name);
    const auto manager = find({{"NOTIFY_SOCKET", name}});
    ASSERT_TRUE(manager);
    EXPECT_TRUE(manager.value()->status("Opening"));
    EXPECT_EQ(listener.hear(), "STATUS=Opening\n");
    EXPECT_TRUE(manager.value()->ready("Listening on http://127.0.0.1:8080"));
    EXPECT_EQ(listener.hear(), "READY=1\nSTATUS=Listening on http://127.0.0.1:8080\n");
    EXPECT_TRUE(manager.value()->alive());
    EXPECT_EQ(listener.hear(), "WATCHDOG=1\n");
    EXPECT_TRUE(manager.value()->stopping("Going"));
    EXPECT_EQ(listener.hear(), "STOPPING=1\nSTATUS=Going\n");
  }
}

TEST_F(ServiceManagerTest, AReloadTellsItsTimeByTheMonotonicClock) {
  const Listener listener(path());
  const auto manager = find({{"NOTIFY_SOCKET", path()}});
  ASSERT_TRUE(manager);
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_nsec) / 1'000;
  };
  const std::uint64_t before = now();
  EXPECT_TRUE(manager.value()->reloading("Reading certificates"));
  const std::uint64_t after = now();
  const std::string heard = listener.hear();
  const std::string begin = "RELOADING=1\nMONOTONIC_USEC=";
  ASSERT_TRUE(heard.starts_with(begin)) << heard;
  EXPECT_TRUE(heard.ends_with("\nSTATUS=Reading certificates\n")) << heard;
  const std::uint64_t told = std::stoull(heard.substr(begin.size()));
  EXPECT_GE(told, before);
  EXPECT_LE(told, after);
}

TEST_F(ServiceManagerTest, ATextBeginsNoFieldOfItsOwn) {
  const Listener listener(path());
  const auto manager = find({{"NOTIFY_SOCKET", path()}});
  ASSERT_TRUE(manager);
  EXPECT_TRUE(manager.value()->status("one\nREADY=1\r\ttwo"));
  EXPECT_EQ(listener.hear(), "STATUS=one READY=1  two\n");
}

TEST_F(ServiceManagerTest, WithoutAManagerNothingHappens) {
  const auto manager = find({{"WATCHDOG_USEC", "1000"}});
  ASSERT_TRUE(manager);
  EXPECT_TRUE(manager.value()->ready("Listening"));
  EXPECT_TRUE(manager.value()->stopping("Going"));
  EXPECT_FALSE(manager.value()->alive_every());
  SystemClock clock;
  int looks = 0;
  show_life(*manager.value(), clock, [&] { ++looks; }, {});
  EXPECT_EQ(looks, 0);
}

TEST_F(ServiceManagerTest, AManagerThatIsGoneIsAnErrorAndItsSuccessorIsTold) {
  const auto manager = find({{"NOTIFY_SOCKET", path()}});
  ASSERT_TRUE(manager);
  EXPECT_FALSE(manager.value()->ready("Listening"));
  const Listener listener(path());
  EXPECT_TRUE(manager.value()->ready("Listening"));
  EXPECT_TRUE(listener.has_heard());
}

TEST_F(ServiceManagerTest, RefusesVariablesThatCannotBe) {
  const Variables cannot_be[] = {
      {{"NOTIFY_SOCKET", "run/notify"}},
      {{"NOTIFY_SOCKET", "vsock:2:1234"}},
      {{"NOTIFY_SOCKET", "/" + std::string(200, 'x')}},
      {{"NOTIFY_SOCKET", path()}, {"WATCHDOG_USEC", "soon"}},
      {{"NOTIFY_SOCKET", path()}, {"WATCHDOG_USEC", "0"}},
      {{"NOTIFY_SOCKET", path()}, {"WATCHDOG_USEC", "-1"}},
      {{"NOTIFY_SOCKET", path()}, {"WATCHDOG_USEC", "9999999999999999999"}},
  };
  for (const Variables& variables : cannot_be) {
    EXPECT_FALSE(find(variables)) << variables.begin()->second << " " << variables.rbegin()->second;
  }
}

TEST_F(ServiceManagerTest, TheWatchdogIsForTheProcessThatIsNamed) {
  const std::string self = std::to_string(getpid());
  const std::string other = std::to_string(getpid() + 1);
  const Variables base = {{"NOTIFY_SOCKET", path()}, {"WATCHDOG_USEC", "30000000"}};
  const auto every = [&](Variables more) {
    more.insert(base.begin(), base.end());
    const auto manager = find(more);
    EXPECT_TRUE(manager);
    return manager.value()->alive_every();
  };
  EXPECT_EQ(every({}), std::optional<Duration>(std::chrono::seconds(15)));
  EXPECT_EQ(every({{"WATCHDOG_PID", self}}), std::optional<Duration>(std::chrono::seconds(15)));
  EXPECT_EQ(every({{"WATCHDOG_PID", other}}), std::nullopt);
}

TEST_F(ServiceManagerTest, SignsOfLifeEndWhereTheServiceHangs) {
  const Listener listener(path());
  const auto manager = find({{"NOTIFY_SOCKET", path()}, {"WATCHDOG_USEC", "2000"}});
  ASSERT_TRUE(manager);
  SystemClock clock;
  std::atomic<bool> hang = false;
  std::atomic<bool> hangs = false;
  std::jthread life([&](const std::stop_token& stop) {
    const auto look = [&] {
      if (!hang) return;
      hangs = true;
      hang.wait(true);
    };
    show_life(*manager.value(), clock, look, stop);
  });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(listener.hear(), "WATCHDOG=1\n");
  hang = true;
  while (!hangs) std::this_thread::yield();
  while (listener.has_heard()) continue;  // what was sent before
  EXPECT_FALSE(listener.has_heard());
  hang = false;
  hang.notify_all();
  EXPECT_EQ(listener.hear(), "WATCHDOG=1\n");
  life.request_stop();
}

}  // namespace
}  // namespace strongroom::host

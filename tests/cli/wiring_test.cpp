// The whole house, started in this process: it listens, it stops, it is itself again, and it refuses what is not its.
#include "cli/wiring.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/host/kernel_entropy.hpp"
#include "adapters/host/system_clock.hpp"
#include "adapters/objects/filesystem/root.hpp"
#include "adapters/web/client/api_client.hpp"
#include "cli/temporary_directory.hpp"
#include "support/quiet_ports.hpp"

namespace strongroom::cli {
namespace {

using ::testing::HasSubstr;

/// A port nobody listens on just now.
std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(socket);
  return ntohs(address.sin_port);
}

class WiringTest : public ::testing::Test {
 protected:
  Config config(const std::string& text = "") {
    auto outcome = parse_config(text, directory_.str("s.toml"),
                                {{}, directory_.str("data"), "127.0.0.1:" + std::to_string(free_port())});
    if (auto* problems = std::get_if<ConfigProblems>(&outcome)) ADD_FAILURE() << problems->at(0).text();
    return std::get<Config>(outcome);
  }
  Result<std::unique_ptr<Service>> start(const Config& config) {
    return Service::start(config, {clock_, entropy_, log_});
  }
  std::string start_error(const Config& config) {
    const auto service = start(config);
    EXPECT_FALSE(service);
    return service ? "" : service.error().text();
  }
  std::string marker(const std::string& path) {
    const auto read = filesystem::read_marker(directory_.str(path), "");
    return read ? read->uuid : "";
  }
  std::string two_locations(const std::string& first, const std::string& second) {
    return "[[locations]]\nname = \"a\"\nrole = \"primary\"\npath = \"" + first +
           "\"\n[[locations]]\nname = \"b\"\npath = \"" + second + "\"\n";
  }

  TemporaryDirectory directory_;
  host::SystemClock clock_;
  host::KernelEntropy entropy_;
  test::SilentLog log_;
};

TEST_F(WiringTest, ListensAndStops) {
  const Config settings = config();
  auto service = start(settings);
  ASSERT_TRUE(service) << service.error().text();
  EXPECT_EQ(service.value()->url(), settings.public_base_url);
  web::ApiClient client(service.value()->url());
  const auto health = client.request("GET", "/healthz");
  ASSERT_TRUE(health) << health.error().text();
  EXPECT_EQ(health->status, 200);
  EXPECT_EQ(health->body, "ok");
  service.value()->stop();
  service.value()->stop();
  EXPECT_FALSE(client.request("GET", "/healthz"));
}

TEST_F(WiringTest, ItsPlacesStayWhoTheyAre) {
  const char* const places[] = {"data/locations/primary", "data/locations/replica-1", "data/locations/replica-2",
                                "data/records"};
  std::vector<std::string> uuids;
  ASSERT_TRUE(start(config()));
  for (const char* place : places) uuids.push_back(marker(place));
  ASSERT_TRUE(start(config()));
  for (std::size_t i = 0; i < uuids.size(); ++i) {
    EXPECT_NE(uuids[i], "");
    EXPECT_EQ(marker(places[i]), uuids[i]);
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path() / "data/workers"));
}

TEST_F(WiringTest, ALostMarkerRefusesTheStart) {
  ASSERT_TRUE(start(config()));
  std::filesystem::remove(directory_.path() / "data/locations/replica-1/_strongroom/location.json");
  EXPECT_THAT(start_error(config()), HasSubstr("replica-1"));
}

TEST_F(WiringTest, ConfiguredLocationsAreMadeByTheOperatorOnly) {
  std::filesystem::create_directories(directory_.path() / "one");
  std::filesystem::create_directories(directory_.path() / "two");
  const std::string text = two_locations("one", "two");
  EXPECT_THAT(start_error(config(text)), HasSubstr("strongroom location init"));
  for (const char* name : {"one", "two"}) {
    ASSERT_TRUE(filesystem::init_location(directory_.str(name), "", name, entropy_));
  }
  ASSERT_TRUE(start(config(text)));
}

TEST_F(WiringTest, SwappedLocationsRefuseTheStart) {
  for (const char* name : {"one", "two"}) {
    std::filesystem::create_directories(directory_.path() / name);
    ASSERT_TRUE(filesystem::init_location(directory_.str(name), "", name, entropy_));
  }
  ASSERT_TRUE(start(config(two_locations("one", "two"))));
  EXPECT_NE(start_error(config(two_locations("two", "one"))), "");
  ASSERT_TRUE(start(config(two_locations("one", "two"))));
}

TEST_F(WiringTest, APortThatIsTakenIsNamed) {
  const Config settings = config();
  const auto first = start(settings);
  ASSERT_TRUE(first);
  Config other = settings;
  other.data = directory_.str("other");
  other.locations.clear();
  EXPECT_THAT(start_error(other), HasSubstr(std::to_string(settings.listen.port)));
}

}  // namespace
}  // namespace strongroom::cli

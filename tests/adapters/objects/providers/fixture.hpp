// Stores on the servers that tests/servers/with_servers.py starts: a bucket, and a container, for each test.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "adapters/cloud/aws_keyring.hpp"
#include "adapters/cloud/azure_keyring.hpp"
#include "adapters/host/kernel_entropy.hpp"
#include "adapters/host/system_clock.hpp"
#include "adapters/host/thread_workers.hpp"
#include "adapters/objects/azure/store.hpp"
#include "adapters/objects/s3/store.hpp"
#include "adapters/web/client/provider_client.hpp"

namespace strongroom::test {

inline std::optional<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

/// Everything that stores at providers need, and their names: new ones for each object of this class.
class ProviderBench {
 public:
  explicit ProviderBench(std::size_t threads = 8) : workers(threads) {}

  /// The endpoint in that variable of the environment; a test without the servers fails by it.
  static std::string endpoint(const char* name) {
    const std::optional<std::string> value = variable(name);
    EXPECT_TRUE(value) << name << " is not set: run this by tests/servers/with_servers.py";
    return value.value_or("http://127.0.0.1:1");
  }
  [[nodiscard]] s3::BucketNeeds s3_needs() { return {web, aws, clock, entropy, room, patience}; }
  [[nodiscard]] azure::ContainerNeeds azure_needs() { return {web, azure_keys, clock, entropy, room, patience}; }

  [[nodiscard]] s3::BucketAddress s3_address(const char* server = "STRONGROOM_TEST_S3") const {
    return {endpoint(server), "us-east-1", name, s3::Addressing::by_path};
  }
  [[nodiscard]] azure::ContainerAddress azure_address(const char* server = "STRONGROOM_TEST_AZURE") const {
    return {endpoint(server), variable("STRONGROOM_TEST_AZURE_ACCOUNT").value_or(""), name};
  }
  /// A store in a bucket that is made when it is not there yet.
  std::unique_ptr<s3::S3Store> s3_store(s3::StoreOptions options = {}, const char* server = "STRONGROOM_TEST_S3") {
    auto bucket = std::make_unique<s3::Bucket>(s3_address(server), s3_needs());
    // Not through a proxy, which might do wrong.
    constexpr std::string_view kFaulty = "_FAULTY";
    std::string maker = server;
    if (maker.ends_with(kFaulty)) maker.resize(maker.size() - kFaulty.size());
    // Some say of a bucket that is made twice that it is there already.
    if (made_.insert(maker + " " + name).second) {
      const auto made = s3::Bucket(s3_address(maker.c_str()), s3_needs()).carry_out({"PUT", ""});
      EXPECT_TRUE(made) << made.error().text();
    }
    return std::make_unique<s3::S3Store>(std::move(bucket), std::move(options));
  }
  std::unique_ptr<azure::AzureStore> azure_store(azure::StoreOptions options = {},
                                                 const char* server = "STRONGROOM_TEST_AZURE") {
    auto container = std::make_unique<azure::Container>(azure_address(server), azure_needs());
    if (made_.insert("azure " + name).second) {
      const auto made =
          azure::Container(azure_address(), azure_needs()).carry_out({"PUT", "", {{"restype", "container"}}});
      EXPECT_TRUE(made) << made.error().text();
    }
    return std::make_unique<azure::AzureStore>(std::move(container), std::move(options));
  }

  host::KernelEntropy entropy;
  host::SystemClock clock;
  host::ThreadWorkers workers;
  web::ProviderClient web;
  cloud::AwsKeyring aws{{"", "", "us-east-1"}, variable, web, clock};
  cloud::AzureKeyring azure_keys{"", variable, web, clock};
  remote::PartRoom room{16U << 20U, &workers};  ///< for three of the smallest parts of S3
  cloud::Patience patience{4, std::chrono::milliseconds(10), std::chrono::milliseconds(200)};
  std::string name = "b" + random_uuid(entropy).substr(0, 18);

 private:
  std::set<std::string> made_;  ///< buckets and containers, behind their server
};

}  // namespace strongroom::test

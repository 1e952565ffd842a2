// Goal: the version index keeps its contract in memory and on a table of DynamoDB, whatever happens on the way there.
// Method: dynalite over loopback, behind a proxy that loses answers, throttles and fails.
#include <gmock/gmock.h>

#include <cstdlib>

#include "adapters/host/kernel_entropy.hpp"
#include "adapters/host/system_clock.hpp"
#include "adapters/host/thread_workers.hpp"
#include "adapters/version_index/dynamodb/table.hpp"
#include "adapters/version_index/memory/index.hpp"
#include "adapters/web/client/provider_client.hpp"
#include "contracts/version_index_contract.hpp"

namespace strongroom {
namespace {

using testing::HasSubstr;
using version_index::dynamodb::Table;

std::optional<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

/// Throttled by DynamoDB; an answer that never comes though all was done.
const std::string kThrottled =
    R"({"method": "POST", "times": %, "do": "status", "status": 400, "body": )"
    R"("{\"__type\":\"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException\"}"})";
const std::string kLost = R"({"method": "POST", "times": %, "do": "lose"})";

class VersionIndexTest : public testing::Test {
 protected:
  VersionIndexTest() : endpoint_(variable("STRONGROOM_TEST_DYNAMODB").value_or("http://127.0.0.1:1")) {
    plan("[]");
    make_table(R"("bag","KeyType":"HASH"},{"AttributeName":"version","KeyType":"RANGE")",
               R"("bag","AttributeType":"S"},{"AttributeName":"version","AttributeType":"N")");
  }

  void make_table(const std::string& keys, const std::string& types) {
    cloud::AwsService service({"dynamodb", "DynamoDB", "eu-west-1", endpoint_}, needs_,
                              [](const WebAnswer&) { return ""; });
    const std::string body = R"({"TableName":")" + name_ +
                             R"(","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":)" + keys +
                             R"(}],"AttributeDefinitions":[{"AttributeName":)" + types + "}]}";
    const auto made = service.post(
        {{"Content-Type", "application/x-amz-json-1.0"}, {"X-Amz-Target", "DynamoDB_20120810.CreateTable"}}, body);
    ASSERT_TRUE(made) << made.error().text();
    ASSERT_TRUE(made->answer.succeeded()) << made->answer.body;
  }
  void plan(const std::string& faults) { ASSERT_TRUE(web_.exchange({"POST", endpoint_ + "/faults", {}, faults})); }
  /// That fault, so many times.
  void plan(std::string fault, int times) {
    fault.replace(fault.find('%'), 1, std::to_string(times));
    plan("[" + fault + "]");
  }
  std::string count() { return web_.exchange({"GET", endpoint_ + "/count", {}, ""})->body; }
  Table table(const std::string& suffix = "") { return {name_ + suffix, "eu-west-1", endpoint_, needs_}; }
  static BagId bag(const std::string& name) {
    return {Space::parse("maps").value(), ExternalIdentifier::parse(name).value()};
  }
  static VersionEntry entry(int version) {
    return {Version(version), contracts::ingest_named("a"), instant_of(1'714'555'800'540'112), "d", 1, 2, 3, {"u"}};
  }
  void hold(VersionIndex& index) {
    for (const auto& check : contracts::version_index_checks({index, workers_, Space::parse("contract").value()})) {
      const Result<void> held = check.run();
      EXPECT_TRUE(held) << check.name << ": " << held.error().text();
    }
  }

  const std::string endpoint_;
  host::KernelEntropy entropy_;
  host::SystemClock clock_;
  host::ThreadWorkers workers_{8};
  web::ProviderClient web_;
  cloud::AwsKeyring keyring_{{"", "", "eu-west-1"}, variable, web_, clock_};
  cloud::AwsServiceNeeds needs_{
      web_, keyring_, clock_, entropy_, {4, std::chrono::milliseconds(10), std::chrono::milliseconds(100)}};
  const std::string name_ = "versions-" + random_uuid(entropy_).substr(0, 13);
};

TEST_F(VersionIndexTest, ContractInMemory) {
  memory::MemoryVersionIndex index;
  hold(index);
}

TEST_F(VersionIndexTest, ContractOnDynamoDb) {
  Table index = table();
  hold(index);
}

TEST_F(VersionIndexTest, ARowIsOneRequest) {
  Table index = table();
  plan("[]");
  ASSERT_TRUE(index.put(bag("b"), entry(1)));
  EXPECT_EQ(count(), R"({"POST": 1})");
  plan("[]");
  ASSERT_TRUE(index.find(bag("b"), Version(1)));
  ASSERT_TRUE(index.list(bag("b"), std::nullopt, 100));
  EXPECT_EQ(count(), R"({"POST": 2})");
}

TEST_F(VersionIndexTest, LostAnswersAndThrottlingAreNotSeen) {
  Table index = table();
  for (const std::string& fault : {kLost, kThrottled}) {
    const BagId here = bag(fault == kLost ? "lost" : "throttled");
    plan(fault, 2);
    const auto put = index.put(here, entry(1));
    ASSERT_TRUE(put) << put.error().text();
    plan(fault, 2);
    const auto found = index.find(here, Version(1));
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(*found, entry(1));
    plan(fault, 99);
    const auto failed = index.put(here, entry(2));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().act, Act::temporary);
    plan("[]");
    EXPECT_EQ(index.find(here, Version(2))->has_value(), fault == kLost);
  }
}

TEST_F(VersionIndexTest, ManyVersionsAreListedOverPages) {
  Table index = table();
  for (int i = 1; i <= 120; ++i) ASSERT_TRUE(index.put(bag("many"), entry(i)));
  const auto all = index.list(bag("many"), std::nullopt, 1000);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 120U);
  for (int i = 0; i < 120; ++i) EXPECT_EQ((*all)[static_cast<std::size_t>(i)].version, Version(120 - i));
}

TEST_F(VersionIndexTest, WhatIsWrongWithATableIsTold) {
  EXPECT_TRUE(table().check());
  const auto none = table("-none").check();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().reason, Reason::not_found);
  EXPECT_THAT(none.error().text(), HasSubstr("DynamoDB answered 400 ResourceNotFoundException"));
  plan(R"([{"method": "POST", "do": "status", "status": 400, "body": "{\"__type\":\"x#AccessDeniedException\"}"}])");
  EXPECT_EQ(table().check().error().reason, Reason::forbidden);
  plan(
      R"([{"method": "POST", "do": "status", "status": 200, "body": "{\"Table\":{\"KeySchema\":[],\"AttributeDefinitions\":[]}}"}])");
  EXPECT_EQ(table().check().error().text(),
            "the table has other keys than partition key bag (string), sort key version (number) (" + name_ + ")");
  plan(
      R"([{"method": "POST", "do": "status", "status": 200, "body": "{}"}, {"method": "POST", "do": "status", "status": 200, "body": "?"}])");
  EXPECT_EQ(table().check().error().reason, Reason::corrupt);
  EXPECT_EQ(table().list(bag("b"), std::nullopt, 1).error().reason, Reason::corrupt);
}

}  // namespace
}  // namespace strongroom

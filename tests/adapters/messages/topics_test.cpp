// Goal: a message is in its directory whole and once, and a webhook's answer decides what becomes of one.
// Method: a real directory; a client in memory that answers as told, the real one is tried end to end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapters/messages/directory/directory_topic.hpp"
#include "adapters/messages/webhook/webhook_topic.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::messages {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class DirectoryTopicTest : public testing::Test {
 protected:
  DirectoryTopicTest() {
    std::string name = testing::TempDir() + "topic-XXXXXX";
    root = mkdtemp(name.data());
  }
  ~DirectoryTopicTest() override { fs::remove_all(root); }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(root / "notify")) found.push_back(entry.path().filename());
    std::ranges::sort(found);
    return found;
  }

  fs::path root;
};

TEST_F(DirectoryTopicTest, AFileForEachMessageInTheOrderOfEvents) {
  directory::DirectoryTopic topic(root / "notify");
  ASSERT_TRUE(topic.publish({"b-id", 10, "g", R"({"n":10})"}));
  ASSERT_TRUE(topic.publish({"a-id", 9, "g", R"({"n":9})"}));
  EXPECT_THAT(names(), ElementsAre("00000000000000000009-a-id.json", "00000000000000000010-b-id.json"));
  std::ifstream file(root / "notify" / names().front());
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), "{\"n\":9}\n");
}

TEST_F(DirectoryTopicTest, G6_WhatIsThereIsDoneAndWhatWasCutShortIsWrittenAnew) {
  directory::DirectoryTopic topic(root / "notify");
  ASSERT_TRUE(topic.publish({"id", 1, "g", "first"}));
  ASSERT_TRUE(topic.publish({"id", 1, "g", "second"}));
  EXPECT_EQ(fs::file_size(root / "notify" / names().front()), std::string("first\n").size());
  std::ofstream(root / "notify" / ".00000000000000000002-id2.json.new") << "half";
  ASSERT_TRUE(topic.publish({"id2", 2, "g", "whole"}));
  EXPECT_THAT(names(), ElementsAre("00000000000000000001-id.json", "00000000000000000002-id2.json"));
}

TEST_F(DirectoryTopicTest, ADirectoryThatCannotBeIsTheOperatorsAffair) {
  std::ofstream(root / "notify") << "a file";
  directory::DirectoryTopic topic(root / "notify");
  const auto published = topic.publish({"id", 1, "g", "{}"});
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().act, Act::broken);
}

class ToldClient final : public HttpClient {
 public:
  CallbackOutcome outcome;
  CallbackRequest request;
  CallbackOutcome post(const CallbackRequest& asked, const std::function<bool(const std::string&)>& allowed) override {
    request = asked;
    EXPECT_TRUE(allowed("10.0.0.1"));
    return outcome;
  }
};

TEST(WebhookTopicTest, G7_AnswersDecide) {
  ToldClient client;
  test::FakeClock clock;
  webhook::WebhookTopic topic("http://hooks.example/secret-path", "", "Strongroom/1", client, clock);
  const auto act_of = [&](int status) {
    client.outcome = {status, ""};
    const auto published = topic.publish({"id-1", 1, "g", "{}"});
    EXPECT_FALSE(published) << status;
    EXPECT_EQ(published.error().text().find("secret-path"), std::string::npos);
    return published ? Act::temporary : published.error().act;
  };
  for (const int status : {400, 413, 422}) EXPECT_EQ(act_of(status), Act::rejected) << status;
  for (const int status : {401, 403, 404, 405, 410}) EXPECT_EQ(act_of(status), Act::broken) << status;
  for (const int status : {301, 408, 409, 429, 500, 503}) EXPECT_EQ(act_of(status), Act::temporary) << status;
  client.outcome = {std::nullopt, "connection refused"};
  EXPECT_EQ(topic.publish({"id-1", 1, "g", "{}"}).error().act, Act::temporary);
  client.outcome = {204, ""};
  EXPECT_TRUE(topic.publish({"id-1", 1, "g", "{}"}));
}

TEST(WebhookTopicTest, G7_TheMessageIsSignedAndNamed) {
  ToldClient client;
  client.outcome = {200, ""};
  test::FakeClock clock;
  webhook::WebhookTopic topic("http://hooks.example/", "a secret of sixteen", "Strongroom/1", client, clock);
  ASSERT_TRUE(topic.publish({"id-1", 1, "g", "{}"}));
  EXPECT_EQ(find_header(client.request.headers, "Idempotency-Key"), "id-1");
  EXPECT_EQ(find_header(client.request.headers, "Content-Type"), "application/json");
  EXPECT_TRUE(find_header(client.request.headers, "Strongroom-Signature").has_value());
  EXPECT_EQ(client.request.body, "{}");
}

}  // namespace
}  // namespace strongroom::messages

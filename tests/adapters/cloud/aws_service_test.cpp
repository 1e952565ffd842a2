// Goal: an action is posted once when all is well, and as often as it helps when not; what an answer means is told by
// its code. Method: a scripted web whose answers are as AWS gives them, a clock that is set.
#include "adapters/cloud/aws_service.hpp"

#include <gmock/gmock.h>

#include "adapters/cloud/scripted_web.hpp"
#include "adapters/messages/aws/sns_topic.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::cloud {
namespace {

using testing::HasSubstr;

class AwsServiceTest : public testing::Test {
 protected:
  AwsServiceTest() { clock_.time = *parse_instant("2024-05-01T09:30:00Z"); }

  static std::string failure(const std::string& code) {
    return "<ErrorResponse><Error><Type>Sender</Type><Code>" + code + "</Code></Error></ErrorResponse>";
  }
  static WebAnswer published() {
    return {200, {}, "<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>"};
  }
  Result<void> publish(const std::string& body = "{}") {
    messages::aws::SnsTopic topic("arn:aws:sns:eu-west-1:123456789012:bags", "",
                                  {web_, keyring_, clock_, entropy_, patience_});
    return topic.publish({"id-1", 1, "maps/b", body});
  }
  /// Header of the request with that number.
  std::string header(std::size_t number, std::string_view name) {
    return std::string(find_header(web_.asked.at(number).headers, name).value_or(""));
  }

  ScriptedWeb web_;
  SetClock clock_;
  test::FakeEntropy entropy_;
  Patience patience_{3, std::chrono::milliseconds(1), std::chrono::milliseconds(2)};
  AwsKeyring keyring_{{"", "", "eu-west-1"},
                      [](const std::string& name) -> std::optional<std::string> {
                        if (name == "AWS_ACCESS_KEY_ID") return "AKIDEXAMPLE";
                        if (name == "AWS_SECRET_ACCESS_KEY") return "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
                        return std::nullopt;
                      },
                      web_,
                      clock_};
};

TEST_F(AwsServiceTest, G7_PublishingIsOneSignedForm) {
  web_.series = {published()};
  ASSERT_TRUE(publish(R"({"a":"b c&d=é"})"));
  ASSERT_EQ(web_.asked.size(), 1U);
  EXPECT_EQ(web_.asked[0].method, "POST");
  EXPECT_EQ(web_.asked[0].url, "https://sns.eu-west-1.amazonaws.com/");
  EXPECT_EQ(
      web_.asked[0].body,
      "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Abags&Message=%7B%22a%"
      "22%3A%22b%20c%26d%3D%C3%A9%22%7D&MessageAttributes.entry.1.Name=strongroom-message-id&MessageAttributes.entry."
      "1.Value.DataType=String&MessageAttributes.entry.1.Value.StringValue=id-1");
  // As botocore signs the same request.
  EXPECT_EQ(
      header(0, "Authorization"),
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240501/eu-west-1/sns/aws4_request,SignedHeaders=content-type;host;"
      "x-amz-date,Signature=965411b3d15597c798465d72e36f2e9ace428eb22394cd824116a6bf6125fcbd");
  EXPECT_EQ(header(0, "X-Amz-Date"), "20240501T093000Z");
}

TEST_F(AwsServiceTest, WhatPassesIsTriedAgain) {
  for (const WebAnswer& passing :
       {WebAnswer{500, {}, "?"}, WebAnswer{503, {}, failure("ServiceUnavailable")}, WebAnswer{0, {}, ""},
        WebAnswer{400, {}, failure("Throttling")}, WebAnswer{429, {}, ""}}) {
    web_.asked.clear();
    web_.series = {passing, passing, published()};
    const auto done = publish();
    EXPECT_TRUE(done) << done.error().text();
    EXPECT_EQ(web_.asked.size(), 3U);
    web_.series = {passing, passing, passing};
    const auto failed = publish();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().act, Act::temporary);
  }
}

TEST_F(AwsServiceTest, AnAnswerIsWhatItsCodeSays) {
  struct Row {
    int status;
    std::string code;
    Act act;
    Reason reason;
  };
  for (const Row& row : {Row{400, "InvalidParameter", Act::rejected, Reason::other},
                         Row{404, "NotFound", Act::temporary, Reason::not_found},
                         Row{403, "AuthorizationError", Act::temporary, Reason::forbidden},
                         Row{403, "InvalidClientTokenId", Act::temporary, Reason::forbidden},
                         Row{400, "InvalidAction", Act::broken, Reason::other}}) {
    web_.series = {{row.status, {}, failure(row.code)}};
    const auto failed = publish();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().act, row.act) << row.code;
    EXPECT_EQ(failed.error().reason, row.reason) << row.code;
    EXPECT_EQ(failed.error().text(), "SNS answered " + std::to_string(row.status) + " " + row.code +
                                         " (arn:aws:sns:eu-west-1:123456789012:bags)");
  }
  web_.series = {{200, {}, "<html/>"}};
  EXPECT_EQ(publish().error().reason, Reason::corrupt);
}

TEST_F(AwsServiceTest, KeysThatHaveEndedAndClocksThatDifferAreMendedOnce) {
  web_.series = {{400, {}, failure("ExpiredToken")}, published()};
  ASSERT_TRUE(publish());
  EXPECT_EQ(web_.asked.size(), 2U);
  web_.asked.clear();
  web_.series = {{400, {}, failure("ExpiredToken")}, {400, {}, failure("ExpiredToken")}};
  EXPECT_EQ(publish().error().reason, Reason::forbidden);
  EXPECT_EQ(web_.asked.size(), 2U);
  web_.asked.clear();
  const HttpHeaders later = {{"Date", "Wed, 01 May 2024 10:30:00 GMT"}};
  web_.series = {{403, later, failure("SignatureDoesNotMatch")}, published()};
  ASSERT_TRUE(publish());
  EXPECT_EQ(header(1, "X-Amz-Date"), "20240501T103000Z");
  web_.asked.clear();
  const HttpHeaders same = {{"Date", "Wed, 01 May 2024 09:30:01 GMT"}};
  web_.series = {{403, same, failure("SignatureDoesNotMatch")}};
  EXPECT_EQ(publish().error().reason, Reason::forbidden);
  EXPECT_EQ(web_.asked.size(), 1U);
}

TEST(SnsTopicTest, ATopicIsNamedWithItsRegion) {
  using messages::aws::region_of_topic;
  EXPECT_EQ(region_of_topic("arn:aws:sns:eu-west-1:123456789012:bags"), "eu-west-1");
  EXPECT_EQ(region_of_topic("arn:aws-cn:sns:cn-north-1:123456789012:bags.fifo"), "cn-north-1");
  for (const char* wrong : {"", "bags", "arn:aws:sqs:eu-west-1:123456789012:bags", "arn:aws:sns::123456789012:bags",
                            "arn:aws:sns:eu-west-1:123456789012:bags:more", "arn:aws:sns:eu-west-1:123456789012:"}) {
    EXPECT_EQ(region_of_topic(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace strongroom::cloud

// Goal: a notification is read as object stores send it, and any other bytes end in a reason or a malformed record.
// Method: samples of S3 and SNS as texts, each member left out or replaced in turn; keys with what Python's
// unquote_plus made of them.
#include "transfers/notification.hpp"

#include <gtest/gtest.h>

namespace strongroom::transfers {
namespace {

std::string record(std::string_view change_from = {}, std::string_view change_to = {}) {
  std::string text =
      R"({"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2026-07-31T08:00:00.000Z",)"
      R"("eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"transfer-source","arn":"x"},)"
      R"("object":{"key":"born-digital/pkg.zip","size":10,"eTag":"\"e1\"","versionId":"v-1","sequencer":"0001"}}})";
  if (change_from.empty()) return text;
  const std::size_t at = text.find(change_from);
  EXPECT_NE(at, std::string::npos) << change_from;
  return text.replace(at, change_from.size(), change_to);
}

std::string body(const std::string& records) { return "{\"Records\":[" + records + "]}"; }

Notification read(const std::string& text) {
  auto read = parse_notification(text, "http");
  EXPECT_TRUE(read) << read.error().text();
  return read ? *std::move(read) : Notification{};
}

TEST(Notification, TellsOfAPut) {
  const Notification one = read(body(record()));
  ASSERT_EQ(one.announced.size(), 1U);
  EXPECT_EQ(one.announced[0].bucket, "transfer-source");
  EXPECT_EQ(one.announced[0].key, "born-digital/pkg.zip");
  EXPECT_EQ(one.announced[0].event,
            (TransferEvent{"ObjectCreated:Put", "2026-07-31T08:00:00.000Z", "0001", "v-1", "e1", "http"}));
  EXPECT_TRUE(one.malformed.empty());
  EXPECT_EQ(one.others, 0U);
}

TEST(Notification, NullAndAbsentAreTheSame) {
  for (const char* version : {R"("versionId":null,)", R"("versionId":"",)", ""}) {
    const Notification one = read(body(record(R"("versionId":"v-1",)", version)));
    ASSERT_EQ(one.announced.size(), 1U);
    EXPECT_EQ(one.announced[0].event.version_id, std::nullopt);
  }
  const Notification one = read(body(record(R"("eTag":"\"e1\"",)", R"("eTag":null,)")));
  ASSERT_EQ(one.announced.size(), 1U);
  EXPECT_EQ(one.announced[0].event.etag, "");
  EXPECT_EQ(read(body(record(R"("\"e1\"")", R"("e1-2")"))).announced.at(0).event.etag, "e1-2");
}

TEST(Notification, A11_OfATestHasNoRecords) {
  for (const char* text :
       {R"({"Service":"Amazon S3","Event":"s3:TestEvent"})",
        R"({"Type":"Notification","Message":"{\"Event\":\"s3:TestEvent\"}"})", R"({"Records":[]})"}) {
    const Notification none = read(text);
    EXPECT_TRUE(none.announced.empty() && none.malformed.empty() && none.others == 0) << text;
  }
}

TEST(Notification, A11_ComesInAnEnvelope) {
  std::string quoted;
  for (const char c : body(record())) quoted.append(c == '"' || c == '\\' ? "\\" : "").push_back(c);
  const Notification one = read(R"({"Type":"Notification","TopicArn":"arn:x","Message":")" + quoted + R"("})");
  ASSERT_EQ(one.announced.size(), 1U);
  EXPECT_EQ(one.announced[0].event.etag, "e1");
}

TEST(Notification, A11_TheNameIsKeptAsItCame) {
  const Notification one = read(body(record("ObjectCreated:Put", "s3:ObjectCreated:Put")));
  EXPECT_EQ(one.announced.at(0).event.name, "s3:ObjectCreated:Put");
}

TEST(Notification, OtherEventsAreCountedOnly) {
  for (const char* name : {"ObjectRemoved:Delete", "s3:ObjectRemoved:Delete", "ObjectCreated", "x:ObjectCreated:Put",
                           "objectcreated:Put", "ObjectTagging:Put"}) {
    const Notification one = read(body(record("ObjectCreated:Put", name)));
    EXPECT_TRUE(one.announced.empty() && one.malformed.empty()) << name;
    EXPECT_EQ(one.others, 1U) << name;
  }
  // Whatever else they lack.
  EXPECT_EQ(read(body(R"({"eventName":"ObjectRemoved:Delete"})")).others, 1U);
}

TEST(Notification, A12_AMalformedRecordKeepsNoOtherBack) {
  const Notification three = read(body(record() + "," + record(R"(,"sequencer":"0001")", "") + "," + record()));
  EXPECT_EQ(three.announced.size(), 2U);
  ASSERT_EQ(three.malformed.size(), 1U);
  EXPECT_EQ(three.malformed[0].index, 1U);
  EXPECT_EQ(three.malformed[0].description, "s3.object.sequencer is missing");
  // What is kept of it is a notification again.
  const Notification again = read(three.malformed[0].message);
  ASSERT_EQ(again.malformed.size(), 1U);
  EXPECT_EQ(again.malformed[0].index, 0U);
  EXPECT_EQ(again.malformed[0].message, three.malformed[0].message);
}

TEST(Notification, A12_EachMemberMustBeRight) {
  struct Case {
    std::string_view from;
    std::string_view to;
    std::string_view description;
  };
  for (const Case& one : std::vector<Case>{
           {R"("eventName":"ObjectCreated:Put",)", "", "eventName is missing"},
           {R"("eventName":"ObjectCreated:Put")", R"("eventName":7)", "eventName is not a text"},
           {R"("eventTime":"2026-07-31T08:00:00.000Z",)", "", "eventTime is missing"},
           {"2026-07-31T08:00:00.000Z", "../../x", "eventTime is not a time"},
           {"2026-07-31T08:00:00.000Z", "2026-07-31 08:00", "eventTime is not a time"},
           {"2026-07-31T08:00:00.000Z", "00000000000000000000000000000000000000000", "eventTime is not a time"},
           {"2026-07-31T08:00:00.000Z", "", "eventTime is empty"},
           {R"("name":"transfer-source")", R"("name":null)", "s3.bucket.name is missing"},
           {R"("name":"transfer-source")", R"("name":"")", "s3.bucket.name is empty"},
           {R"("bucket":{"name":"transfer-source","arn":"x"})", R"("bucket":[])", "s3.bucket.name is missing"},
           {R"("key":"born-digital/pkg.zip")", R"("key":true)", "s3.object.key is not a text"},
           {R"("key":"born-digital/pkg.zip",)", "", "s3.object.key is missing"},
           {R"("sequencer":"0001")", R"("sequencer":1)", "s3.object.sequencer is not a text"},
           {R"("versionId":"v-1")", R"("versionId":1)", "s3.object.versionId is not a text"},
           {R"("eTag":"\"e1\"")", R"("eTag":[])", "s3.object.eTag is not a text"},
           {R"("s3":{)", R"("s4":{)", "s3.bucket.name is missing"}}) {
    const Notification read_one = read(body(record(one.from, one.to)));
    EXPECT_TRUE(read_one.announced.empty()) << one.description;
    ASSERT_EQ(read_one.malformed.size(), 1U) << one.description;
    EXPECT_EQ(read_one.malformed[0].description, one.description);
  }
  const Notification odd = read(body("7,null,[]"));
  EXPECT_EQ(odd.malformed.size(), 3U);
  EXPECT_EQ(odd.malformed[2].index, 2U);
  EXPECT_EQ(odd.malformed[0].description, "the record is not an object");
  // The longest time there may be.
  const std::string longest(40, '0');
  EXPECT_EQ(read(body(record("2026-07-31T08:00:00.000Z", longest))).announced.size(), 1U);
}

TEST(Notification, A12_OtherBodiesAreNone) {
  const std::string deep(100'000, '[');
  for (const std::string& text :
       {std::string("[]"), std::string("hello"), std::string(), std::string("7"), std::string("{}"),
        std::string(R"({"Records":{}})"), std::string(R"({"Records":null})"), std::string("{\"Records\":[\xFF]}"),
        std::string(R"({"Type":"Notification"})"), std::string(R"({"Type":"Notification","Message":"x"})"),
        std::string(R"({"Type":"Notification","Message":{}})"), std::string(R"({"Type":"SubscriptionConfirmation"})"),
        std::string(R"({"Type":"Notification","Message":"{\"Type\":\"Notification\",\"Message\":\"{}\"}"})"), deep}) {
    const auto none = parse_notification(text, "http");
    ASSERT_FALSE(none) << text.substr(0, 80);
    EXPECT_EQ(none.error().act, Act::rejected);
    EXPECT_TRUE(none.error().what.starts_with("The body is not an S3 notification: ")) << none.error().what;
  }
}

TEST(Notification, A3_A4_KeysAreDecoded) {
  for (const auto& [written, key] : std::vector<std::pair<std::string, std::string>>{
           {"born-digital%2Fpackage+name.zip", "born-digital/package name.zip"},
           {"born-digital/caf%C3%A9%2Bx.zip", "born-digital/caf\xC3\xA9+x.zip"},
           {"caf\xC3\xA9.zip", "caf\xC3\xA9.zip"},
           {"x%FF.zip", "x\xEF\xBF\xBD.zip"},
           {"%c3%a9", "\xC3\xA9"},
           {"100%", "100%"},
           {"a%2", "a%2"},
           {"a%zz%41", "a%zzA"},
           {"%+1", "% 1"},
           {"%25%34%31", "%41"},
           {"a%00b", std::string("a\0b", 3)},
           {"%E2%82x", "\xEF\xBF\xBDx"},
           {"%E2%82", "\xEF\xBF\xBD"},
           {"%ED%A0%80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
           {"%C0%AF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
           {"%F0%9F%8D%8B", "\xF0\x9F\x8D\x8B"},
           {"%F0%9F%8D.", "\xEF\xBF\xBD."},
           {"%F4%90%80%80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
           {"%C3\xC3\xA9", "\xEF\xBF\xBD\xC3\xA9"},
           {"", ""}}) {
    EXPECT_EQ(decode_key(written), key) << written;
  }
}

}  // namespace
}  // namespace strongroom::transfers

// Goal: waypoints written by any release with form 1 stay readable, and a damaged one is noticed. Method: golden texts
// for every kind, each read back and then damaged in many ways.
#include "domain/waypoints.hpp"

#include <gtest/gtest.h>

#include "domain/samples.hpp"

namespace strongroom {
namespace {

const std::string kSha(64, 'a');
const std::string kOther(64, 'b');

/// The text is `golden`, is read back to the same text, and no damaged form of it is read at all.
template <class Waypoint>
void expect_golden(const Waypoint& waypoint, const std::string& golden) {
  SCOPED_TRACE(golden);
  EXPECT_EQ(encode(waypoint), golden);
  const auto read = decode_waypoint<Waypoint>(golden);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(encode(*read), golden);

  std::vector<std::string> damaged = {"", "{}", "[]", "null", "{\"v\":1}", golden + " ", golden + golden, " " + golden};
  for (std::size_t size = 1; size < golden.size(); ++size) damaged.push_back(golden.substr(0, size));
  for (const char* form : {"\"v\":0", "\"v\":2", "\"v\":\"1\"", "\"v\":1.0", "\"v\":-1", "\"w\":1"}) {
    damaged.push_back(std::string(golden).replace(1, 5, form));
  }
  damaged.push_back(std::string(golden).insert(1, "\"more\":true,"));
  damaged.push_back(std::string(golden).insert(golden.size() - 1, ",\"v\":1"));
  damaged.push_back(std::string(golden).insert(golden.size() - 1, ",\"filler\":\"" + std::string(17000, 'x') + "\""));
  for (const std::string& text : damaged) {
    const auto result = decode_waypoint<Waypoint>(text);
    ASSERT_FALSE(result) << text.substr(0, 200);
    EXPECT_EQ(result.error().reason, Reason::corrupt) << text.substr(0, 200);
  }
}

TEST(Waypoints, Unpacked) {
  expect_golden(Unpacked{{kSha, 9, 436}, {R"("5f2-1a" ✓)", 1024}},
                R"({"v":1,"inventory":{"sha256":")" + kSha +
                    R"(","entries":9,"bytes":436},"source":{"tag":"\"5f2-1a\" ✓","size":1024}})");
}

TEST(Waypoints, UnpackedTellsWhatThePackageWas) {
  expect_golden(Unpacked{{kSha, 9, 436}, {"t", 1024}, "application/zip"},
                R"({"v":1,"inventory":{"sha256":")" + kSha +
                    R"(","entries":9,"bytes":436},"source":{"tag":"t","size":1024},"mediaType":"application/zip"})");
}

TEST(Waypoints, Rooted) {
  expect_golden(Rooted{""}, R"({"v":1,"root":""})");
  expect_golden(Rooted{"GC253 \"x\"/"}, R"({"v":1,"root":"GC253 \"x\"/"})");
}

TEST(Waypoints, Verified) {
  expect_golden(
      Verified{{kSha, 5, 436}, "0.97", {Algorithm::sha256, Algorithm::sha3_512}, {Algorithm::md5}, 2, 19, kOther},
      R"({"v":1,"inventory":{"sha256":")" + kSha +
          R"(","entries":5,"bytes":436},"bagItVersion":"0.97","payloadAlgorithms":["sha256","sha3512"],)"
          R"("tagAlgorithms":["md5"],"payloadFiles":2,"payloadBytes":19,"bagInfoSha256":")" +
          kOther + "\"}");
}

TEST(Waypoints, Versioned) { expect_golden(Versioned{Version(2)}, R"({"v":1,"version":"v2"})"); }

TEST(Waypoints, Replicated) {
  expect_golden(Replicated{false}, R"({"v":1,"alreadyStored":false})");
  expect_golden(Replicated{true}, R"({"v":1,"alreadyStored":true})");
}

TEST(Waypoints, Confirmed) {
  expect_golden(Confirmed{samples::instant("2024-05-01T09:31:40.25Z")},
                R"({"v":1,"verified":"2024-05-01T09:31:40.250000Z"})");
  expect_golden(Confirmed{samples::instant("2024-05-01T09:31:40.25Z"), CopyCheck::server_checksum},
                R"({"v":1,"verified":"2024-05-01T09:31:40.250000Z","check":"server-checksum"})");
}

TEST(Waypoints, Described) {
  expect_golden(Described{kSha, 4711, samples::instant("2024-05-01T09:31:40.25Z"), kOther, 7, 9223372036854775807ULL},
                R"({"v":1,"sha256":")" + kSha +
                    R"(","size":4711,"created":"2024-05-01T09:31:40.250000Z","indexSha256":")" + kOther +
                    R"(","fileCount":7,"byteCount":9223372036854775807})");
}

TEST(Waypoints, WrongValuesAreCorrupt) {
  const std::string tail = R"(","entries":9,"bytes":436},"source":{"tag":"t","size":1}})";
  for (const std::string& sha : {std::string(63, 'a'), std::string(64, 'g'), std::string(64, 'A'), std::string()}) {
    EXPECT_FALSE(decode_waypoint<Unpacked>(R"({"v":1,"inventory":{"sha256":")" + sha + tail)) << sha;
  }
  for (const char* text : {R"({"v":1,"version":"v0"})", R"({"v":1,"version":"2"})", R"({"v":1,"version":2})"}) {
    EXPECT_FALSE(decode_waypoint<Versioned>(text)) << text;
  }
  EXPECT_FALSE(decode_waypoint<Rooted>(R"({"v":1,"root":"x"})"));
  EXPECT_FALSE(decode_waypoint<Replicated>(R"({"v":1,"alreadyStored":1})"));
  EXPECT_FALSE(decode_waypoint<Confirmed>(R"({"v":1,"verified":"2024-05-01T09:31:40Z"})"));
  EXPECT_FALSE(decode_waypoint<Confirmed>(R"({"v":1,"verified":"2024-05-01T11:31:40.250000+02:00"})"));
  EXPECT_FALSE(decode_waypoint<Confirmed>(R"({"v":1,"verified":"2024-05-01T09:31:40.250000Z","check":"by ear"})"));
}

TEST(Waypoints, OneKindIsNotAnother) {
  EXPECT_FALSE(decode_waypoint<Rooted>(encode(Replicated{true})));
  EXPECT_FALSE(decode_waypoint<Versioned>(encode(Confirmed{Instant{}})));
  EXPECT_FALSE(decode_waypoint<Unpacked>(encode(Verified{{kSha, 1, 1}, "1.0", {}, {}, 0, 0, kSha})));
}

}  // namespace
}  // namespace strongroom

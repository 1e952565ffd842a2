// Goal: `Range` means what RFC 9110 14 says, and what is no single range means the whole file (case E2). Method:
// headers against a file of ten bytes, and of none.
#include "api/byte_range.hpp"

#include <gtest/gtest.h>

namespace strongroom::api {
namespace {

std::string asked(const HttpHeaders& headers, std::uint64_t size = 10) {
  const RangeRequest range = range_of(headers, size, "\"tag\"");
  if (range.kind == RangeRequest::Kind::whole) return "whole";
  if (range.kind == RangeRequest::Kind::unsatisfiable) return "unsatisfiable";
  return std::to_string(range.first) + "+" + std::to_string(range.length);
}
std::string asked(const std::string& range, std::uint64_t size = 10) { return asked({{"range", range}}, size); }

TEST(ByteRange, E2_OneRange) {
  EXPECT_EQ(asked("bytes=0-3"), "0+4");
  EXPECT_EQ(asked("bytes=9-9"), "9+1");
  EXPECT_EQ(asked("bytes=-4"), "6+4");
  EXPECT_EQ(asked("bytes=6-"), "6+4");
  EXPECT_EQ(asked("bytes=0-"), "0+10");
  EXPECT_EQ(asked("bytes=4-100"), "4+6");
  EXPECT_EQ(asked("bytes=-100"), "0+10");
  EXPECT_EQ(asked("Bytes= 1-2 "), "1+2");
  EXPECT_EQ(asked("bytes=3-99999999999999999999999999"), "3+7");
}

TEST(ByteRange, E2_BehindTheEnd) {
  EXPECT_EQ(asked("bytes=10-"), "unsatisfiable");
  EXPECT_EQ(asked("bytes=10-20"), "unsatisfiable");
  EXPECT_EQ(asked("bytes=99999999999999999999999999-"), "unsatisfiable");
  EXPECT_EQ(asked("bytes=-0"), "unsatisfiable");
  EXPECT_EQ(asked("bytes=0-", 0), "unsatisfiable");
  EXPECT_EQ(asked("bytes=-1", 0), "unsatisfiable");
}

TEST(ByteRange, E2_WhatIsNoSingleRangeIsTheWholeFile) {
  for (const char* range : {"bytes=0-1,3-4", "bytes=", "bytes=-", "bytes=a-b", "bytes=3-1", "bytes=1", "lines=0-3",
                            "0-3", "bytes=0-3-5", "bytes=+1-3", "bytes=1-x", ""}) {
    EXPECT_EQ(asked(range), "whole") << range;
  }
  EXPECT_EQ(asked(HttpHeaders{}), "whole");
  EXPECT_EQ(asked({{"Range", "bytes=0-1"}, {"Range", "bytes=3-4"}}), "whole");
}

TEST(ByteRange, E2_IfRange) {
  EXPECT_EQ(asked({{"Range", "bytes=0-1"}, {"If-Range", "\"tag\""}}), "0+2");
  for (const char* condition : {"\"other\"", "W/\"tag\"", "Wed, 01 May 2024 09:31:40 GMT", ""}) {
    EXPECT_EQ(asked({{"Range", "bytes=0-1"}, {"If-Range", condition}}), "whole") << condition;
  }
}

}  // namespace
}  // namespace strongroom::api

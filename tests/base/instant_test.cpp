// Instants: written with six fraction digits, read as RFC 3339; dates are calendar dates.
#include "base/instant.hpp"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

TEST(InstantTest, ReadsRfc3339AndWritesUtc) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"2024-05-01T09:30:00Z", "2024-05-01T09:30:00.000000Z"},
      {"2024-05-01t09:30:00.25z", "2024-05-01T09:30:00.250000Z"},
      {"2024-05-01T09:30:00.123456789Z", "2024-05-01T09:30:00.123456Z"},
      {"2024-05-01T01:30:00+02:00", "2024-04-30T23:30:00.000000Z"},
      {"2024-02-28T23:30:00-01:00", "2024-02-29T00:30:00.000000Z"},
      {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
  };
  for (const auto& [text, expected] : cases) {
    const auto instant = parse_instant(text);
    ASSERT_TRUE(instant) << text;
    EXPECT_EQ(format_instant(*instant), expected);
    EXPECT_EQ(instant_of(microseconds_of(*instant)), *instant);
  }
}

TEST(InstantTest, WritesDatesOfHttp) {
  EXPECT_EQ(format_http_date(instant_of(784'111'777'999'999)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(format_http_date(instant_of(951'782'400'000'000)), "Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(format_http_date(Instant()), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(InstantTest, ReadsHttpDates) {
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Tue, 29 Feb 2000 00:00:00 GMT"}) {
    const auto instant = parse_http_date(text);
    ASSERT_TRUE(instant) << text;
    EXPECT_EQ(format_http_date(*instant), text);
  }
  for (const char* text :
       {"", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nob 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT "}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

TEST(InstantTest, RefusesWhatIsNone) {
  for (const char* text : {"", "2024-05-01", "2024-05-01 09:30:00Z", "2024-05-01T09:30:00", "2024-02-30T00:00:00Z",
                           "2024-05-01T24:00:00Z", "2024-05-01T09:60:00Z", "2024-05-01T09:30:00.Z",
                           "2024-05-01T09:30:00+2:00", "2024-05-01T09:30:00Zx", "2024-05-01T09:30:00.1234567890Z"}) {
    EXPECT_FALSE(parse_instant(text)) << text;
  }
}

TEST(InstantTest, DatesAreRealDays) {
  for (const char* text : {"2024-05-01", "2024-02-29", "0001-01-01"}) EXPECT_TRUE(is_date(text)) << text;
  for (const char* text : {"", "2023-02-29", "2024-13-01", "2024-00-10", "2024-5-1", "2024/05/01", "2024-05-01 ",
                           "2024-05-01T00:00:00Z", "20240501xx"}) {
    EXPECT_FALSE(is_date(text)) << text;
  }
}

}  // namespace
}  // namespace strongroom

// Goal: requests begin no faster than they may, and in the order in which they came. Method: a clock that passes when
// it is waited for.
#include "adapters/cloud/paced_web.hpp"

#include <gtest/gtest.h>

#include "adapters/cloud/scripted_web.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::cloud {
namespace {

TEST(PacedWebTest, RequestsBeginOneAfterTheOther) {
  ScriptedWeb web;
  web.answer("GET http://x/", "here");
  test::FakeClock clock;
  const Duration start = clock.boot;
  PacedWeb paced(web, clock, 20);
  for (int i = 0; i < 41; ++i) {
    const auto answer = paced.exchange({"GET", "http://x/", {}, ""});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "here");
  }
  EXPECT_EQ(clock.boot - start, std::chrono::seconds(2)) << "the first at once, the others each after 50 ms";
  // Time that passed unused is not made up for.
  clock.boot += std::chrono::hours(1);
  const Duration later = clock.boot;
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(paced.download({"GET", "http://x/", {}, ""}));
  EXPECT_EQ(clock.boot - later, std::chrono::milliseconds(100));
  EXPECT_EQ(web.asked.size(), 41U);
}

}  // namespace
}  // namespace strongroom::cloud

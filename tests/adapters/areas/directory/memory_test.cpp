// Goal: an area in memory lets a simulation be at every step: its hook fails calls without their effect, and changes
// what lies there between two steps of one call (cases E10, F8).
// Method: one hook that acts at a chosen step.
#include <gmock/gmock.h>

#include "adapters/areas/memory/area.hpp"
#include "adapters/objects/support.hpp"
#include "support/fake_ports.hpp"

namespace strongroom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const AreaTags kTags = {{"Archivematica-TransferId", "T-1"}};

class MemoryAreaTest : public testing::Test {
 protected:
  /// Another object comes just before that step.
  void replace_before(const std::string& step) {
    area_.set_hook([this, step](std::string_view name, const std::string&) -> Result<void> {
      if (name == step) {
        area_.set_hook(nullptr);
        area_.place("k", "other");
      }
      return {};
    });
  }

  test::FakeClock clock_;
  memory::MemoryArea area_{clock_};
};

TEST_F(MemoryAreaTest, AHookMakesEachCallFailWithoutItsEffect) {
  const AreaObject object = area_.place("k", "content");
  std::vector<std::string> steps;
  area_.set_hook([&](std::string_view step, const std::string&) -> Result<void> {
    steps.emplace_back(step);
    return temporary("as told");
  });
  EXPECT_FALSE(area_.list("", 1));
  EXPECT_FALSE(area_.stat("k"));
  EXPECT_FALSE(area_.open(object));
  EXPECT_FALSE(area_.put_log("k.log", "text", {}));
  EXPECT_FALSE(area_.tags(object));
  EXPECT_FALSE(area_.set_tags(object, kTags));
  EXPECT_FALSE(area_.copy(object, "twin", std::nullopt));
  EXPECT_FALSE(area_.erase(object, false));
  EXPECT_THAT(steps, ElementsAre("list", "stat", "open", "put_log", "tags", "set_tags", "copy", "erase"));
  EXPECT_THAT(area_.keys(), ElementsAre("k"));
  EXPECT_THAT(area_.tags_at("k"), IsEmpty());
}

TEST_F(MemoryAreaTest, ReplacedBetweenTheLooksOfTagging) {
  for (const char* step : {"set_tags.put", "set_tags.look"}) {
    const AreaObject first = area_.place("k", "first");
    replace_before(step);
    EXPECT_REASON(area_.set_tags(first, kTags), Reason::conflict) << step;
    EXPECT_THAT(area_.tags_at("k"), IsEmpty()) << step;
  }
}

TEST_F(MemoryAreaTest, ReplacedBeforeTheReadTheCopyAndTheRemoval) {
  AreaObject first = area_.place("k", "first");
  const auto open = area_.open(first);
  ASSERT_TRUE(open);
  replace_before("read");
  std::array<std::byte, 3> into{};
  EXPECT_REASON((*open)->read_at(0, into), Reason::conflict);
  first = area_.place("k", "first");
  replace_before("copy.put");
  EXPECT_REASON(area_.copy(first, "twin", std::nullopt), Reason::conflict);
  first = area_.place("k", "first");
  replace_before("erase.delete");
  EXPECT_REASON(area_.erase(first, false), Reason::conflict);
  EXPECT_EQ(area_.content("k"), "other");
}

TEST_F(MemoryAreaTest, TheSameCallsGiveTheSameObjects) {
  test::FakeClock clock;
  memory::MemoryArea other(clock);
  EXPECT_EQ(area_.place("k", "content"), other.place("k", "content"));
}

}  // namespace
}  // namespace strongroom

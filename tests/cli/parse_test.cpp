// Words become commands and values: a small tree of every kind of parameter, right and wrong words on it.
#include "cli/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strongroom::cli {
namespace {

using ::testing::HasSubstr;

class ParseTest : public ::testing::Test {
 protected:
  ParseTest() : program_("strongroom", "a program") {
    program_.option("--color", "WHEN", color_, "colours").one_of({"auto", "never"});
    Command group("bag", "bags");
    Command show("show", "show a bag");
    show.argument("BAG", bag_, "the bag");
    show.argument("MORE", more_, "more");
    show.flag("--json", json_, "print JSON");
    show.flag("--files", files_, "list files").excludes({"--json"});
    show.option("--limit", "N", limit_, "how many");
    show.option("--scope", "SCOPE", scopes_, "scopes");
    show.option("--space", "SPACE", space_, "the space").require();
    show.option("--version", "vN", version_, "which version");
    Parameter wait{"--wait", "DURATION", "wait for it", {}};
    wait.take = [this](const std::string& text) {
      wait_ = text;
      return text == "soon" ? std::string("must be a duration") : std::string();
    };
    show.parameters.push_back(wait.value_optional());
    Command check("check", "check bags");
    check.argument("BAG", bags_, "bags");
    check.flag("--json", json_, "print JSON");
    group.commands = {show, check};
    program_.commands = {group};
  }
  Parsed parsed(const std::vector<std::string>& words) {
    auto result = parse_words(program_, words);
    if (auto* fault = std::get_if<UsageFault>(&result)) {
      ADD_FAILURE() << fault->text;
      return {};
    }
    return std::get<Parsed>(std::move(result));
  }
  std::string fault(const std::vector<std::string>& words) {
    auto result = parse_words(program_, words);
    if (auto* found = std::get_if<UsageFault>(&result)) return found->text;
    return "";
  }

  Command program_;
  std::string color_;
  std::string bag_;
  std::vector<std::string> bags_;
  std::optional<std::string> more_;
  bool json_ = false;
  bool files_ = false;
  std::uint64_t limit_ = 7;
  std::vector<std::string> scopes_;
  std::string space_;
  std::optional<std::string> version_;
  std::optional<std::string> wait_;
};

TEST_F(ParseTest, OptionalValues) {
  parsed({"bag", "show", "x", "--space", "s"});
  EXPECT_FALSE(wait_.has_value());
  parsed({"bag", "show", "x", "--space", "s", "--wait"});
  EXPECT_EQ(wait_, "");
  wait_.reset();
  parsed({"bag", "show", "x", "--wait", "--space", "s"});
  EXPECT_EQ(wait_, "");
  parsed({"bag", "show", "--wait=6h", "x", "--space", "s"});
  EXPECT_EQ(wait_, "6h");
  EXPECT_EQ(bag_, "x");
  EXPECT_THAT(fault({"bag", "show", "x", "--space", "s", "--wait=soon"}), HasSubstr("--wait soon"));
  const Route route = all_routes(program_).at(2);
  EXPECT_EQ(route.command->parameters.back().usage(), "--wait[=DURATION]");
}

TEST_F(ParseTest, ManyArguments) {
  EXPECT_EQ(parsed({"bag", "check", "a", "b", "--json", "c"}).wish, Wish::run);
  EXPECT_EQ(bags_, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(json_);
  EXPECT_THAT(fault({"bag", "check"}), HasSubstr("BAG is required"));
}

TEST_F(ParseTest, Values) {
  const Parsed all = parsed({"bag", "show", "--scope", "a", "maps/b1", "--scope", "b", "--limit=12", "--space", "maps",
                             "--json", "--color", "never", "--version", "v2"});
  EXPECT_EQ(all.wish, Wish::run);
  EXPECT_EQ(all.route.text(), "strongroom bag show");
  EXPECT_EQ(all.route.command->name, "show");
  EXPECT_EQ(bag_, "maps/b1");
  EXPECT_FALSE(more_.has_value());
  EXPECT_TRUE(json_);
  EXPECT_FALSE(files_);
  EXPECT_EQ(limit_, 12U);
  EXPECT_EQ(scopes_, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(color_, "never");
  EXPECT_EQ(version_, "v2") << "the option of the command, not the program's flag";
}

TEST_F(ParseTest, OptionsEverywhereGoBeforeTheCommandToo) {
  EXPECT_EQ(parsed({"--color", "auto", "bag", "show", "x", "--space", "s"}).route.command->name, "show");
  EXPECT_EQ(color_, "auto");
}

TEST_F(ParseTest, HelpAndVersionOfWhatWasReached) {
  for (const char* help : {"--help", "-h"}) {
    EXPECT_EQ(parsed({help}).route.text(), "strongroom");
    EXPECT_EQ(parsed({"bag", help}).route.text(), "strongroom bag");
    EXPECT_EQ(parsed({"bag", "show", help}).wish, Wish::help) << "although --space is missing";
  }
  EXPECT_EQ(parsed({"--version"}).wish, Wish::version);
}

TEST_F(ParseTest, FaultsSayWhatToDo) {
  struct Case {
    std::vector<std::string> words;
    std::vector<std::string> parts;
  };
  const Case cases[] = {
      {{}, {"strongroom needs a command: bag", "`strongroom --help`"}},
      {{"bag"}, {"strongroom bag needs a command: show", "`strongroom bag --help`"}},
      {{"bog"}, {"strongroom has no command bog", "did you mean bag?"}},
      {{"bag", "shaw"}, {"strongroom bag has no command shaw", "did you mean show?"}},
      {{"bag", "show", "x", "--spaec", "s"}, {"has no option --spaec", "did you mean --space?"}},
      {{"bag", "show", "x"}, {"--space is required", "`strongroom bag show --help`"}},
      {{"bag", "show", "--space", "s"}, {"BAG is required"}},
      {{"bag", "show", "x", "--space", "s", "--limit", "0"}, {"--limit 0", "whole number from 1"}},
      {{"bag", "show", "x", "--space", "s", "--limit", "many"}, {"--limit many"}},
      {{"bag", "show", "x", "--space", "s", "--color", "nevr"}, {"--color nevr", "auto, never", "did you mean never?"}},
      {{"bag", "show", "x", "--space", "s", "--files", "--json"}, {"excludes"}},
      {{"bag", "show", "x", "y", "z", "--space", "s"}, {"has no argument z"}},
      {{"bag", "show", "x", "--space"}, {"--space"}},
      {{"bag", "show", "a\nb", "y", "z\x1B[2J", "--space", "s"}, {"z%1B[2J"}},
  };
  for (const Case& c : cases) {
    const std::string text = fault(c.words);
    for (const std::string& part : c.parts) EXPECT_THAT(text, HasSubstr(part)) << ::testing::PrintToString(c.words);
  }
}

}  // namespace
}  // namespace strongroom::cli

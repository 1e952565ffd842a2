// The table of commands keeps its own rules: every command is described alike, and the same word always means the same.
//
// Also what is made of it: help, man pages (read by groff) and completions (run by a real bash).
#include "cli/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <set>

#include "base/text.hpp"
#include "cli/completion.hpp"
#include "cli/help.hpp"
#include "cli/man_page.hpp"
#include "cli/temporary_directory.hpp"

namespace strongroom::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Command program() { return make_program(std::make_shared<Colours>()); }

/// What a shell command prints; its exit code goes into `code`.
std::string output_of(const std::string& command, int* code = nullptr) {
  std::string text;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return text;
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, got);
  const int status = pclose(pipe);
  if (code != nullptr) *code = status;
  return text;
}

TEST(ProgramTest, EveryCommandIsDescribed) {
  const Command tree = program();
  for (const Route& route : all_routes(tree)) {
    const Command& command = *route.command;
    SCOPED_TRACE(route.text());
    EXPECT_NE(command.run == nullptr, command.commands.empty()) << "a group runs nothing, a command something";
    EXPECT_FALSE(command.summary.empty() || command.summary.ends_with('.'));
    EXPECT_LE(count_characters(command.summary), 60U);
    EXPECT_TRUE(command.description.ends_with('.')) << command.description;
    const bool needs_examples = command.run && route.words.back() != "logout";
    EXPECT_TRUE(!needs_examples || !command.examples.empty());
    for (const Example& example : command.examples) {
      EXPECT_THAT(example.command, HasSubstr(route.words.empty() ? "strongroom " : route.text()));
    }
    std::set<std::string> names;
    for (const Parameter& parameter : command.parameters) {
      EXPECT_TRUE(names.insert(parameter.name).second) << parameter.name << " twice";
      EXPECT_FALSE(parameter.help.empty() || parameter.help.ends_with('.')) << parameter.name;
      for (const std::string& other : parameter.excluded) {
        EXPECT_TRUE(std::ranges::any_of(command.parameters, [&](const Parameter& p) { return p.name == other; }))
            << parameter.name << " excludes " << other;
      }
    }
  }
}

TEST(ProgramTest, WhatPrintsAnAnswerPrintsJsonToo) {
  const std::set<std::string> without = {"strongroom serve", "strongroom completion", "strongroom man",
                                         "strongroom audit export"};
  const Command tree = program();
  for (const Route& route : all_routes(tree)) {
    if (!route.command->run || without.contains(route.text())) continue;
    EXPECT_TRUE(std::ranges::any_of(route.command->parameters, [](const Parameter& p) { return p.name == "--json"; }))
        << route.text();
  }
}

TEST(ProgramTest, TheSameOptionHasTheSameKindOfValue) {
  std::map<std::string, std::string> values;
  const Command tree = program();
  for (const Route& route : all_routes(tree)) {
    for (const Parameter& parameter : route.command->parameters) {
      // One that may go without a value is a flag as well.
      if (parameter.is_argument() || parameter.is_value_optional) continue;
      EXPECT_EQ(values.emplace(parameter.name, parameter.value).first->second, parameter.value)
          << route.text() << " " << parameter.name;
    }
  }
}

TEST(HelpTest, ShowsEverything) {
  const Command tree = program();
  for (const Route& route : all_routes(tree)) {
    const std::string text = help_text(tree, route, 80);
    SCOPED_TRACE(route.text());
    EXPECT_THAT(text, HasSubstr("Usage: " + route.text()));
    EXPECT_THAT(text, HasSubstr("Exit codes:\n  0  "));
    for (const Parameter& parameter : route.command->parameters)
      EXPECT_THAT(text, HasSubstr("\n  " + parameter.usage()));
    for (const Command& child : route.command->commands) EXPECT_THAT(text, HasSubstr("\n  " + child.name));
    for (const Example& example : route.command->examples) EXPECT_THAT(text, HasSubstr("\n    " + example.command));
    const bool calls = text.find("STRONGROOM_CLIENT_SECRET") != std::string::npos;
    EXPECT_EQ(calls, route.command->calls_service);
  }
}

TEST(HelpTest, Wraps) {
  EXPECT_EQ(wrapped("aa bb  cc", 0, 80), "aa bb cc");
  EXPECT_EQ(wrapped("aaaaaaaaaaaa bbbbbbbbbbbb", 4, 24), "aaaaaaaaaaaa\n    bbbbbbbbbbbb");
  EXPECT_EQ(wrapped("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b", 2, 10), "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n  b");
}

TEST(ManPageTest, EscapesWhatRoffReads) {
  EXPECT_EQ(roff_text("a-b \\ 'c' `d` ~e"), "a\\-b \\e \\(aqc\\(aq \\(gad\\(ga \\(tie");
  EXPECT_EQ(roff_text(".x\n.y"), "\\&.x\n\\&.y");
}

TEST(ManPageTest, GroffHasNothingToSay) {
  if (output_of("command -v groff").empty()) GTEST_SKIP() << "groff is not here";
  const TemporaryDirectory directory;
  const Command tree = program();
  std::string everything;
  for (const Route& route : all_routes(tree)) {
    directory.write(man_file_name(route), man_page(tree, route, "1.2.3"));
    const std::string file = directory.str(man_file_name(route));
    EXPECT_EQ(output_of("groff -ww -b -man -Tutf8 " + file + " >" + directory.str("shown")), "") << file;
    // Without the blanks and line ends that make both margins straight.
    const std::string shown = output_of("groff -man -Tascii -P-c -P-b -P-o -P-u " + file + " | tr -s '[:space:]' ' '");
    EXPECT_THAT(shown, HasSubstr("strongroom 1.2.3"));
    EXPECT_THAT(shown, HasSubstr("EXIT STATUS"));
    EXPECT_THAT(shown, HasSubstr(route.command->summary.substr(0, 10)));
    for (const Parameter& parameter : route.command->parameters) EXPECT_THAT(shown, HasSubstr(parameter.name));
  }
}

/// What a real bash offers for the last of these words.
std::vector<std::string> offered(const std::vector<std::string>& words) {
  const TemporaryDirectory directory;
  directory.write("completion", bash_completion(program()));
  directory.write("here/b 1.tar.gz", "");
  directory.write("here/sub/x", "");
  std::string array;
  for (const std::string& word : words) array += " '" + word + "'";
  directory.write("ask", "source '" + directory.str("completion") + "'\ncd '" + directory.str("here") +
                             "'\nCOMP_WORDS=(" + array + ")\nCOMP_CWORD=" + std::to_string(words.size() - 1) +
                             "\n_strongroom\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
  std::vector<std::string> found;
  const std::string text = output_of("bash --norc '" + directory.str("ask") + "'");
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty()) found.emplace_back(line);
  }
  std::ranges::sort(found);
  return found;
}

TEST(CompletionTest, InARealBash) {
  EXPECT_THAT(offered({"strongroom", "ing"}), ElementsAre("ingest", "ingests"));
  EXPECT_THAT(offered({"strongroom", "client", "re"}), ElementsAre("revoke", "revoke-tokens"));
  EXPECT_THAT(offered({"strongroom", "ingest", "--sp"}), ElementsAre("--space"));
  EXPECT_THAT(offered({"strongroom", "ingest", "b"}), ElementsAre("b 1.tar.gz"));
  EXPECT_THAT(offered({"strongroom", "serve", "--data", ""}), ElementsAre("sub"));
  EXPECT_THAT(offered({"strongroom", "ingests", "--status", "f"}), ElementsAre("failed"));
  EXPECT_THAT(offered({"strongroom", "--color", "=", "al"}), ElementsAre("always"));
  EXPECT_THAT(offered({"strongroom", "ingests", "--color", "="}), ElementsAre("always", "auto", "never"));
  EXPECT_THAT(offered({"strongroom", "--color", "never", "aud"}), ElementsAre("audit"));
  EXPECT_THAT(offered({"strongroom", "completion", ""}), ElementsAre("bash", "fish", "zsh"));
  EXPECT_THAT(offered({"strongroom", "ingest", "--space", ""}), ElementsAre());
  EXPECT_THAT(offered({"strongroom", "ingest", "--space", "client", "--js"}), ElementsAre("--json"));
}

TEST(CompletionTest, EveryShellKnowsEveryCommandAndOption) {
  const Command tree = program();
  for (const std::string& script : {bash_completion(tree), zsh_completion(tree), fish_completion(tree)}) {
    for (const Route& route : all_routes(tree)) {
      if (route.words.empty()) continue;
      EXPECT_THAT(script, HasSubstr(route.words.back()));
      for (const Parameter& parameter : route.command->parameters) {
        if (parameter.is_argument()) continue;
        EXPECT_THAT(script, HasSubstr(parameter.name.substr(2)));
      }
    }
  }
}

}  // namespace
}  // namespace strongroom::cli

// What the tests of the configuration share: parts of files, and what comes of a whole one.
// One thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/config.hpp"
#include "cli/config_text.hpp"

namespace strongroom::cli {

inline const std::string kLocations = R"(
[[locations]]
name = "vault"
path = "/srv/vault"
role = "primary"
)";

inline const std::string kS3 = kLocations + R"(
[[locations]]
name = "b"
provider = "amazon-s3"
bucket = "archive"
region = "eu-west-1"
)";

inline const std::string kAzure = kLocations + R"(
[[locations]]
name = "b"
provider = "azure-blob-storage"
container = "away"
account = "acc123"
)";

inline const std::string kSink = R"(
[[sinks]]
name = "a"
topic = "arn:aws:sns:eu-west-1:123456789012:bags"
)";

inline const std::string kLong = "[largeResponses]\nredirectAbove = \"9MiB\"\n";

inline ConfigArguments with_data() { return {.file = {}, .data = "/srv/data", .listen = {}}; }

inline Config good(const std::string& text, const ConfigArguments& arguments = with_data()) {
  auto outcome = parse_config(text, "/etc/strongroom/s.toml", arguments);
  if (const auto* problems = std::get_if<ConfigProblems>(&outcome)) {
    for (const ConfigProblem& problem : *problems) ADD_FAILURE() << problem.text();
    return {};
  }
  return std::get<Config>(outcome);
}

inline std::vector<std::string> problems_of(const std::string& text, const ConfigArguments& arguments = with_data()) {
  auto outcome = parse_config(text, "s.toml", arguments);
  std::vector<std::string> texts;
  if (const auto* problems = std::get_if<ConfigProblems>(&outcome)) {
    for (const ConfigProblem& problem : *problems) texts.push_back(problem.text());
  }
  return texts;
}

struct Case {
  std::string text;
  std::string problem;  ///< the only one

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.problem; }
};

}  // namespace strongroom::cli

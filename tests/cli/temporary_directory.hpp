// A directory for one test, gone with it; and a console that keeps what it is told.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "adapters/host/console.hpp"

namespace strongroom::cli {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = testing::TempDir() + "cli-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string str(const std::string& name) const { return (path_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }

 private:
  std::filesystem::path path_;
};

class KeptConsole final : public host::Console {
 public:
  void out(std::string_view text) override { said += text; }
  void err(std::string_view text) override { complained += text; }
  [[nodiscard]] bool is_interactive() const override { return interactive; }
  [[nodiscard]] bool out_is_terminal() const override { return terminal; }
  [[nodiscard]] std::size_t width() const override { return 60; }
  [[nodiscard]] bool in_is_terminal() const override { return typed.has_value(); }
  Result<std::string> read_secret(std::string_view prompt) override {
    complained += prompt;
    return typed.value_or("");
  }
  Result<std::string> read_input(std::size_t) override { return input; }
  [[nodiscard]] std::optional<std::string> environment(const std::string& name) const override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }

  std::string said;
  std::string complained;
  bool interactive = false;
  bool terminal = false;             ///< standard output
  std::optional<std::string> typed;  ///< at the terminal; there is none without it
  std::string input;                 ///< standard input
  std::map<std::string, std::string> variables;
};

}  // namespace strongroom::cli

// Goal: a directory, and areas in memory with and without versions and tags, keep the contract of a transfer area.
// Method: every check of contracts/transfer_area_contract.hpp on each kind, with archivists who write as they do: over
// the file, or another file in its place.
#include <gtest/gtest.h>

#include "adapters/areas/directory/area.hpp"
#include "adapters/areas/memory/area.hpp"
#include "adapters/objects/support.hpp"
#include "contracts/transfer_area_contract.hpp"
#include "support/fake_ports.hpp"

namespace strongroom {
namespace {

struct Kind {
  const char* name;
  bool in_directory = false;
  bool renames = false;  ///< archivists put another file in its place
  memory::AreaKind memory{};
};

const std::array kKinds = {Kind{"directory_replaced_files", true, true}, Kind{"directory_rewritten_files", true, false},
                           Kind{"memory", false, false, {false, true}},
                           Kind{"memory_with_versions", false, false, {true, true}},
                           Kind{"memory_without_tags", false, false, {false, false}}};

class Subject {
 public:
  explicit Subject(const Kind& kind) : kind_(kind), directory_(root_.path(), log_), memory_(clock_, kind.memory) {}

  contracts::AreaUnderTest under_test() {
    if (!kind_.in_directory) {
      return {memory_,
              [this](const std::string& key, const std::string& bytes) -> Result<void> {
                clock_.pass(std::chrono::seconds(1));
                memory_.place(key, bytes);
                return {};
              },
              [this](const std::string& key) -> Result<void> {
                memory_.remove(key);
                return {};
              },
              "contract/", kind_.memory.versions};
    }
    return {directory_,
            [this](const std::string& key, const std::string& bytes) -> Result<void> {
              kind_.renames ? test::replace_file(root_ / key, bytes) : test::write_file(root_ / key, bytes);
              // Two writes within one tick of the kernel's clock would look alike.
              clock_.pass(std::chrono::seconds(1));
              const auto time = std::filesystem::file_time_type(
                  std::chrono::duration_cast<std::chrono::nanoseconds>(clock_.wall.time_since_epoch()));
              std::filesystem::last_write_time(root_ / key, time);
              return {};
            },
            [this](const std::string& key) -> Result<void> {
              std::filesystem::remove(root_ / key);
              return {};
            },
            "contract/", false};
  }

 private:
  const Kind kind_;
  test::TemporaryDirectory root_;
  test::FakeClock clock_;
  test::FakeLog log_;
  areas::DirectoryArea directory_;
  memory::MemoryArea memory_;
};

class AreaContractTest : public testing::TestWithParam<Kind> {};

TEST_P(AreaContractTest, Holds) {
  Subject subject(GetParam());
  const auto checks = contracts::transfer_area_checks(subject.under_test());
  ASSERT_GT(checks.size(), 15U);
  for (const contracts::NamedCheck& check : checks) {
    const Result<void> held = check.run();
    EXPECT_TRUE(held) << check.name << ": " << held.error().text();
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, AreaContractTest, testing::ValuesIn(kKinds),
                         [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace strongroom

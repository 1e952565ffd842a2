// Goal: every adapter of the storage ports keeps its port's contract.
// Method: each check of src/contracts is a test, on memory, on a directory, and on a directory whose filesystem is
// taken for one without a trustworthy syncfs, below a key prefix.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <memory>
#include <ostream>

#include "adapters/objects/filesystem/location.hpp"
#include "adapters/objects/filesystem/sources.hpp"
#include "adapters/objects/filesystem/working_storage.hpp"
#include "adapters/objects/memory/location.hpp"
#include "adapters/objects/memory/sources.hpp"
#include "adapters/objects/memory/working_storage.hpp"
#include "adapters/objects/support.hpp"
#include "contracts/deposit_contract.hpp"
#include "contracts/object_store_contract.hpp"
#include "contracts/sources_contract.hpp"
#include "contracts/working_storage_contract.hpp"

namespace strongroom {
namespace {

enum class Kind : unsigned char { memory, directory, slow_barrier_with_prefix };
constexpr std::array kKinds = {Kind::memory, Kind::directory, Kind::slow_barrier_with_prefix};
constexpr std::array kNames = {"memory", "directory", "slow_barrier_with_prefix"};

/// One location of a kind, and the ways past it.
class Subject {
 public:
  explicit Subject(Kind kind) : kind_(kind) {
    if (kind == Kind::memory) return;
    const std::string prefix = kind == Kind::slow_barrier_with_prefix ? "some/prefix/" : "";
    root_ = directory_ / "root";
    test::CountingEntropy entropy;
    const auto uuid = filesystem::init_location(root_, prefix, "a location", entropy);
    CHECK(uuid.has_value());
    filesystem::LocationOptions options{root_, prefix, *uuid, std::nullopt};
    if (kind == Kind::slow_barrier_with_prefix) options.barrier = filesystem::Barrier::every_file;
    auto location = filesystem::FilesystemLocation::open_location(options);
    CHECK(location.has_value());
    location_ = std::move(*location);
    root_ += "/" + prefix;
  }

  ObjectStore& store() { return kind_ == Kind::memory ? static_cast<ObjectStore&>(memory_) : *location_; }
  Depository& depository() { return kind_ == Kind::memory ? static_cast<Depository&>(memory_) : *location_; }
  contracts::StoreUnderTest for_store() { return {store(), workers_, "scratch/"}; }
  contracts::DepositUnderTest for_deposits() {
    return {.depository = depository(),
            .store = store(),
            .workers = workers_,
            .run = "run1",
            .plant = [this](const std::string& key, const std::string& bytes) { plant(key, bytes); },
            .lose = [this](const std::string& key) { lose(key); },
            .staged = [this] { return staged(); }};
  }

 private:
  void plant(const std::string& key, const std::string& bytes) {
    if (kind_ == Kind::memory) return memory_.plant(key, bytes);
    test::write_file(root_ + "/" + key, bytes);
  }
  void lose(const std::string& key) {
    if (kind_ == Kind::memory) return memory_.lose(key);
    std::filesystem::remove(root_ + "/" + key);
  }
  std::vector<std::string> staged() {
    std::vector<std::string> keys;
    if (kind_ == Kind::memory) {
      for (const auto& [key, bytes] : memory_.staged()) keys.push_back(key);
      return keys;
    }
    // Directories too: nothing at all may be left of a deposit.
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_ + "/_strongroom/staging")) {
      keys.push_back(entry.path());
    }
    return keys;
  }

  Kind kind_;
  test::TemporaryDirectory directory_;
  test::ThreadWorkers workers_;
  memory::MemoryLocation memory_;
  std::string root_;
  std::unique_ptr<filesystem::FilesystemLocation> location_;
};

struct Parameter {
  Kind kind;
  std::size_t check;
  std::string name;
};
void PrintTo(const Parameter& parameter, std::ostream* out) { *out << parameter.name; }

template <class Checks>
std::vector<Parameter> all_of(const std::vector<Kind>& kinds, Checks checks) {
  std::vector<Parameter> all;
  for (const Kind kind : kinds) {
    const std::string start = std::string(kNames[static_cast<std::size_t>(kind)]) + "_";
    for (const contracts::NamedCheck& check : checks(kind)) {
      const std::size_t first = all.empty() || all.back().kind != kind ? 0 : all.back().check + 1;
      all.push_back({kind, first, start + check.name});
    }
  }
  return all;
}

std::string name_of_test(const ::testing::TestParamInfo<Parameter>& test) { return test.param.name; }

void expect_held(const contracts::NamedCheck& check) {
  const Result<void> result = check.run();
  EXPECT_TRUE(result.has_value()) << check.name << ": " << result.error().text();
}

std::vector<Kind> every_kind() { return {kKinds.begin(), kKinds.end()}; }

class ObjectStoreContract : public ::testing::TestWithParam<Parameter> {};
TEST_P(ObjectStoreContract, Holds) {
  Subject subject(GetParam().kind);
  expect_held(contracts::object_store_checks(subject.for_store())[GetParam().check]);
}
std::vector<contracts::NamedCheck> store_checks(Kind kind) {
  Subject subject(kind);
  return contracts::object_store_checks(subject.for_store());
}
INSTANTIATE_TEST_SUITE_P(All, ObjectStoreContract, ::testing::ValuesIn(all_of(every_kind(), store_checks)),
                         name_of_test);

class DepositContract : public ::testing::TestWithParam<Parameter> {};
TEST_P(DepositContract, Holds) {
  Subject subject(GetParam().kind);
  expect_held(contracts::staged_deposit_checks(subject.for_deposits())[GetParam().check]);
}
std::vector<contracts::NamedCheck> deposit_checks(Kind kind) {
  Subject subject(kind);
  return contracts::staged_deposit_checks(subject.for_deposits());
}
INSTANTIATE_TEST_SUITE_P(All, DepositContract, ::testing::ValuesIn(all_of(every_kind(), deposit_checks)), name_of_test);

/// Working storage that can be started anew, in the same boot or another.
class WorkingSubject {
 public:
  explicit WorkingSubject(Kind kind) : kind_(kind) {}
  contracts::WorkingUnderTest under_test() {
    return {.start = [this](bool reboot) -> WorkingStorage& { return start(reboot); }, .workers = workers_};
  }

 private:
  WorkingStorage& start(bool reboot) {
    if (kind_ == Kind::memory) {
      if (reboot) memory_.reboot();
      return memory_;
    }
    if (reboot) ++boot_;
    auto opened = filesystem::FilesystemWorkingStorage::open_root(directory_ / "work", "boot-" + std::to_string(boot_));
    CHECK(opened.has_value());
    processes_.push_back(std::move(*opened));
    return *processes_.back();
  }
  Kind kind_;
  test::TemporaryDirectory directory_;
  test::ThreadWorkers workers_;
  memory::MemoryWorkingStorage memory_;
  int boot_ = 0;
  std::vector<std::unique_ptr<filesystem::FilesystemWorkingStorage>> processes_;
};

class WorkingStorageContract : public ::testing::TestWithParam<Parameter> {};
TEST_P(WorkingStorageContract, Holds) {
  WorkingSubject subject(GetParam().kind);
  expect_held(contracts::working_storage_checks(subject.under_test())[GetParam().check]);
}
std::vector<contracts::NamedCheck> working_checks(Kind kind) {
  WorkingSubject subject(kind);
  return contracts::working_storage_checks(subject.under_test());
}
INSTANTIATE_TEST_SUITE_P(All, WorkingStorageContract,
                         ::testing::ValuesIn(all_of({Kind::memory, Kind::directory}, working_checks)), name_of_test);

class SourcesSubject {
 public:
  explicit SourcesSubject(Kind kind) : kind_(kind), areas_({{"uploads", directory_.path()}}) {
    memory_.add_bucket("uploads");
  }
  contracts::SourcesUnderTest under_test() {
    const bool in_memory = kind_ == Kind::memory;
    return {.sources = in_memory ? static_cast<Sources&>(memory_) : areas_,
            .uploads = in_memory ? static_cast<Uploads&>(memory_) : areas_,
            .workers = workers_,
            .area = "uploads",
            .place = [this](const std::string& path, const std::string& bytes) {
              if (kind_ == Kind::memory) return memory_.place("uploads", path, bytes);
              test::replace_file(directory_ / path, bytes);
            }};
  }

 private:
  Kind kind_;
  test::TemporaryDirectory directory_;
  test::ThreadWorkers workers_;
  memory::MemorySources memory_;
  filesystem::UploadAreas areas_;
};

class SourcesContract : public ::testing::TestWithParam<Parameter> {};
TEST_P(SourcesContract, Holds) {
  SourcesSubject subject(GetParam().kind);
  expect_held(contracts::sources_checks(subject.under_test())[GetParam().check]);
}
std::vector<contracts::NamedCheck> source_checks(Kind kind) {
  SourcesSubject subject(kind);
  return contracts::sources_checks(subject.under_test());
}
INSTANTIATE_TEST_SUITE_P(All, SourcesContract,
                         ::testing::ValuesIn(all_of({Kind::memory, Kind::directory}, source_checks)), name_of_test);

}  // namespace
}  // namespace strongroom

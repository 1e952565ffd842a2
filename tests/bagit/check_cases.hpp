// Rows and helpers for the tests of the acceptance check: a right bag, a change, and what the check must say.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "bagit/check.hpp"
#include "support/memory_bag.hpp"

namespace strongroom::bagit {

using testing_support::BagBuilder;
using testing_support::BagFiles;
using testing_support::MemoryBag;
using testing_support::ProblemList;
using testing_support::retag;

struct Checked {
  CheckOutcome outcome;
  ProblemList problems;
  std::vector<InventoryEntry> verified;

  [[nodiscard]] std::string failure() const { return outcome.failure.value_or(""); }
  /// Rules reported, each once, warnings included.
  [[nodiscard]] std::set<std::string> rules() const {
    std::set<std::string> found;
    for (const Problem& problem : problems.problems) found.insert(problem.rule);
    return found;
  }
  /// Each as `{rule} {kind}`.
  [[nodiscard]] std::set<std::string> findings() const {
    std::set<std::string> found;
    for (const Problem& problem : problems.problems) found.insert(problem.rule + " " + problem.kind);
    return found;
  }
};

inline CheckRequest request_for(std::string_view identifier = "x") {
  CheckRequest request{*ExternalIdentifier::parse(identifier)};
  request.key_prefix_bytes = std::string_view("maps/x/").size() + 12;
  request.key_prefix_components = 3;
  return request;
}

inline Checked check(MemoryBag& bag, const CheckRequest& request) {
  Checked checked;
  MemorySpillSpace spills;
  auto outcome = check_bag(bag, request, spills, checked.problems, [&](const InventoryEntry& entry) -> Result<void> {
    checked.verified.push_back(entry);
    return {};
  });
  EXPECT_TRUE(outcome) << outcome.error().text();
  if (outcome) checked.outcome = std::move(*outcome);
  return checked;
}

inline Checked check(BagFiles files, const CheckRequest& request = request_for()) {
  MemoryBag bag(std::move(files));
  return check(bag, request);
}

inline void replace(std::string& text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

inline BagFiles changed(BagFiles files, const std::function<void(BagFiles&)>& change) {
  change(files);
  return files;
}

/// A bag that the archive takes, with its warnings.
struct AcceptedCase {
  std::string name;
  BagFiles files;
  std::set<std::string> warnings = {};
};
std::vector<AcceptedCase> accepted_cases();

/// A bag that the archive refuses.
struct RefusedCase {
  std::string name;
  std::function<void(BagFiles&)> change;  ///< of BagBuilder().build(), or a bag of its own
  std::string text;
  std::set<std::string> rules;
  std::string kind = {};  ///< of the first rule's first problem
  std::string path = {};  ///< of it
};

std::vector<RefusedCase> declaration_cases();
std::vector<RefusedCase> metadata_cases();
std::vector<RefusedCase> manifest_cases();
std::vector<RefusedCase> fetch_cases();
std::vector<RefusedCase> name_cases();
std::vector<RefusedCase> file_cases();

/// A bag by the rules of BagIt alone, with everything that is said of it, each as `{rule} {kind}`.
struct StandardCase {
  std::string name;
  BagFiles files;
  std::set<std::string> findings = {};
};
std::vector<StandardCase> standard_cases();

/// A bag beside a profile.
struct ProfileCase {
  std::string name;
  std::string profile;  ///< members of the JSON object, beside those that every profile must have
  BagFiles files;
  std::set<std::string> findings = {};
  std::optional<std::string> media_type = {};
};
std::vector<ProfileCase> profile_cases();
Checked check(const ProfileCase& row);

/// An update beside the version it builds on.
struct UpdateCase {
  std::string name;
  std::function<Checked()> check;
  std::set<std::string> findings;
};
std::vector<UpdateCase> update_cases();

/// A change that leaves all manifests right, made before they are written.
inline std::function<void(BagFiles&)> with(std::string name, std::string content) {
  return [=](BagFiles& files) { files = BagBuilder().file(name, content).build(); };
}

inline std::function<void(BagFiles&)> rewritten(std::string file, std::string content) {
  return [=](BagFiles& files) {
    files[file] = content;
    retag(files);
  };
}

inline std::function<void(BagFiles&)> edited(std::string file, std::string from, std::string to) {
  return [=](BagFiles& files) {
    replace(files[file], from, to);
    retag(files);
  };
}

inline std::function<void(BagFiles&)> appended(std::string file, std::string more) {
  return [=](BagFiles& files) {
    files[file] += more;
    retag(files);
  };
}

inline std::function<void(BagFiles&)> fetching(std::string fetch) { return with("fetch.txt", std::move(fetch)); }

inline const std::string kHash(64, '0');

inline std::ostream& operator<<(std::ostream& out, const RefusedCase& row) { return out << row.name; }

/// Changes a right bag, checks it, and compares.
inline void expect_refused(const RefusedCase& expected) {
  BagFiles files = BagBuilder().build();
  expected.change(files);
  const Checked checked = check(files);
  EXPECT_EQ(checked.failure(), expected.text);
  EXPECT_EQ(checked.rules(), expected.rules);
  EXPECT_FALSE(checked.outcome.facts);
  EXPECT_EQ(checked.outcome.problems + checked.outcome.warnings, checked.problems.problems.size());
  const Problem* first = checked.problems.find(*expected.rules.begin());
  ASSERT_NE(first, nullptr);
  EXPECT_FALSE(first->kind.empty());
  EXPECT_FALSE(first->description.empty());
  if (!expected.kind.empty()) {
    EXPECT_EQ(first->kind, expected.kind);
  }
  if (!expected.path.empty()) {
    EXPECT_EQ(first->path, expected.path);
  }
}

}  // namespace strongroom::bagit

// Goal: docs/findings.md is the whole catalogue of findings: whatever the check says is in it, and whatever is in it
// some bag of ours makes the check say. Method: every bag of every table of this folder is checked, and the findings
// are held against the page. Findings of packages and of copies (P, W14) are held against it where they are made.
#include "bagit/check_cases.hpp"
#include "support/documented_findings.hpp"

namespace strongroom::bagit {
namespace {

using testing::IsEmpty;
using testing::IsSubsetOf;
using testing_support::documented_findings;

struct Fixture {
  std::string name;
  std::set<std::string> findings;
};

/// Each bag with what the check says of it.
std::vector<Fixture> all_fixtures() {
  std::vector<Fixture> fixtures;
  for (const AcceptedCase& row : accepted_cases()) fixtures.push_back({row.name, check(row.files).findings()});
  for (const auto& rows :
       {declaration_cases(), metadata_cases(), manifest_cases(), fetch_cases(), name_cases(), file_cases()}) {
    for (const RefusedCase& row : rows) {
      BagFiles files = BagBuilder().build();
      row.change(files);
      fixtures.push_back({row.name, check(std::move(files)).findings()});
    }
  }
  CheckRequest by_bagit;
  by_bagit.rulebook = Rulebook::bagit;
  for (const StandardCase& row : standard_cases()) {
    fixtures.push_back({row.name, check(row.files, by_bagit).findings()});
  }
  for (const ProfileCase& row : profile_cases()) fixtures.push_back({row.name, check(row).findings()});
  for (const UpdateCase& row : update_cases()) fixtures.push_back({row.name, row.check().findings()});
  // Files are read again for digests that unpacking did not take.
  MemoryBag unreadable(BagBuilder().payload_algorithms({Algorithm::md5, Algorithm::sha256}).build());
  unreadable.make_unreadable("data/a.txt");
  fixtures.push_back({"K3_Unreadable", check(unreadable, request_for()).findings()});
  return fixtures;
}

TEST(CatalogueTest, EveryFindingIsDocumentedAndMadeByABag) {
  const std::vector<Fixture> fixtures = all_fixtures();
  std::set<std::string> names;
  std::set<std::string> made;
  for (const Fixture& fixture : fixtures) {
    EXPECT_TRUE(names.insert(fixture.name).second) << fixture.name << " is the name of two bags";
    made.insert(fixture.findings.begin(), fixture.findings.end());
  }
  EXPECT_GE(fixtures.size(), 150U);
  std::set<std::string> documented = documented_findings();
  ASSERT_FALSE(documented.empty());
  EXPECT_THAT(made, IsSubsetOf(documented));
  for (const std::string& finding : made) documented.erase(finding);
  std::erase_if(documented, [](const std::string& finding) {
    return finding.starts_with("P") || finding.starts_with("W14 ") || finding == "K1 wrong-length";
  });
  EXPECT_THAT(documented, IsEmpty()) << "no bag makes these";
}

class UpdateCaseTest : public testing::TestWithParam<UpdateCase> {};

TEST_P(UpdateCaseTest, SaysWhatIsWrong) { EXPECT_EQ(GetParam().check().findings(), GetParam().findings); }

INSTANTIATE_TEST_SUITE_P(All, UpdateCaseTest, testing::ValuesIn(update_cases()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace strongroom::bagit

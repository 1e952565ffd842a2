// Goal: BagIt Profiles 1.4.0: every constraint is enforced and all violations are listed; a text that is no profile, or
// asks what nobody would enforce, is refused with every reason. Method: a profile and a bag a row, with all findings.
#include "bagit/check_cases.hpp"

namespace strongroom::bagit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kIdentifier = "https://example.org/profiles/maps-v1.json";

std::string profile_json(const std::string& members) {
  return std::string(R"({"BagIt-Profile-Info": {"BagIt-Profile-Identifier": ")") + kIdentifier +
         R"(", "Source-Organization": "Map Room", "External-Description": "Maps", "Version": "1",
         "BagIt-Profile-Version": "1.4.0"}, "Accept-BagIt-Version": ["0.97", "1.0"])" +
         (members.empty() ? "" : ", ") + members + "}";
}

BagBuilder following() {
  BagBuilder builder;
  builder.info(std::string("BagIt-Profile-Identifier: ") + kIdentifier);
  return builder;
}

ProfileFaults faults_of(std::string_view json) {
  const auto profile = parse_profile(json);
  const auto* faults = std::get_if<ProfileFaults>(&profile);
  return faults == nullptr ? ProfileFaults() : *faults;
}

std::vector<ProfileCase> field_rows() {
  const std::string required = R"("Bag-Info": {"Contact-Name": {"required": true}})";
  const std::string once = R"("Bag-Info": {"Contact-Name": {"repeatable": false}})";
  const std::string valued = R"("Bag-Info": {"Contact-Name": {"values": ["Ann", "Bob"]}})";
  const auto named = [](const std::string& name) { return following().info("Contact-Name: " + name); };
  return {
      {"Profile_Followed", "", following().build()},
      {"Profile_NotNamed", "", BagBuilder().build(), {"N3 profile-identifier"}},
      {"Profile_OtherNamed",
       "",
       BagBuilder().info("BagIt-Profile-Identifier: https://example.org/other.json").build(),
       {"N3 profile-identifier"}},
      {"Profile_TwoNamed", "", following().info("BagIt-Profile-Identifier: https://example.org/other.json").build()},
      {"Profile_FieldThere", required, named("Ann").build()},
      {"Profile_FieldInLowerCase", required, following().info("contact-name: Ann").build()},
      {"Profile_FieldMissing", required, following().build(), {"N4 profile-field"}},
      {"Profile_FieldOnce", once, named("Ann").build()},
      {"Profile_FieldTwice", once, named("Ann").info("Contact-Name: Bob").build(), {"N4 profile-field"}},
      {"Profile_ValueAllowed", valued, named("Ann").info("Contact-Name: Bob").build()},
      {"Profile_ValueNotAllowed", valued, named("Cid").build(), {"N4 profile-field"}},
      {"Profile_OptionalValueAbsent", valued, following().build()},
      {"Profile_VersionNotAccepted", "", following().version("0.96").build(), {"N1 profile-version"}},
  };
}

std::vector<ProfileCase> file_rows() {
  using enum Algorithm;
  const BagFiles plain = following().build();
  const BagFiles readme = following().file("readme.txt", "r").file("docs/a/more.txt", "m").build();
  return {
      {"Profile_ManifestThere", R"("Manifests-Required": ["sha256"], "Manifests-Allowed": ["SHA-256"])", plain},
      {"Profile_ManifestMissing", R"("Manifests-Required": ["sha512"])", plain, {"N5 profile-manifest"}},
      {"Profile_ManifestNotAllowed",
       R"("Manifests-Allowed": ["sha256"])",
       following().payload_algorithms({md5, sha256}).build(),
       {"N5 profile-manifest"}},
      {"Profile_TagManifestMissing", R"("Tag-Manifests-Required": ["md5"])", plain, {"N6 profile-tag-manifest"}},
      {"Profile_TagManifestNotAllowed", R"("Tag-Manifests-Allowed": ["md5"])", plain, {"N6 profile-tag-manifest"}},
      {"Profile_FetchNotAllowed",
       R"("Allow-Fetch.txt": "false")",
       following().file("fetch.txt", "").build(),
       {"N7 profile-fetch", "W13 empty-fetch"}},
      {"Profile_FetchMissing", R"("Fetch.txt-Required": true)", plain, {"N7 profile-fetch"}},
      {"Profile_PayloadEmpty", R"("Data-Empty": true)", following().without_payload().build()},
      {"Profile_PayloadOfOneEmptyFile", R"("Data-Empty": true)",
       following().without_payload().file("data/.keep", "").build()},
      {"Profile_PayloadNotEmpty", R"("Data-Empty": true)", plain, {"N8 profile-payload"}},
      {"Profile_TagFilesThere", R"("Tag-Files-Required": ["readme.txt", "docs/a/more.txt"])", readme},
      {"Profile_TagFileMissing", R"("Tag-Files-Required": ["readme.txt"])", plain, {"N9 profile-tag-file"}},
      {"Profile_TagFilesAllowed", R"("Tag-Files-Allowed": ["readme.txt", "docs/*"])", readme},
      {"Profile_TagFileNotAllowed", R"("Tag-Files-Allowed": ["*.xml"])", readme, {"N9 profile-tag-file"}},
      {"Profile_NoOtherTagFile", R"("Tag-Files-Allowed": [])", plain},
      {"Profile_AllOfItAtOnce",
       R"("Bag-Info": {"A": {"required": true}}, "Manifests-Required": ["sha512"], "Fetch.txt-Required": "true")",
       BagBuilder().version("0.96").build(),
       {"N1 profile-version", "N3 profile-identifier", "N4 profile-field", "N5 profile-manifest", "N7 profile-fetch"}},
  };
}

std::vector<ProfileCase> package_rows() {
  const BagFiles plain = following().build();
  const std::string zip = R"("Serialization": "required", "Accept-Serialization": ["application/zip"])";
  const std::string tars = R"("Accept-Serialization": ["application/tar", "application/x-gzip"])";
  const std::string none = R"("Serialization": "forbidden")";
  const std::set<std::string> refused = {"N2 profile-serialization"};
  return {
      {"Profile_PackageRequired", zip, plain, refused},
      {"Profile_PackageAccepted", zip, plain, {}, "application/zip"},
      {"Profile_PackageOfOtherType", zip, plain, refused, "application/gzip"},
      {"Profile_PackageForbidden", none, plain, refused, "application/zip"},
      {"Profile_DirectoryWherePackagesAreForbidden", none, plain},
      {"Profile_TarByAnotherName", tars, plain, {}, "application/x-tar"},
      {"Profile_GzipByAnotherName", tars, plain, {}, "application/gzip"},
      {"Profile_DirectoryWherePackagesAreOptional", tars, plain},
  };
}

}  // namespace

std::vector<ProfileCase> profile_cases() {
  std::vector<ProfileCase> rows = field_rows();
  for (const auto& more : {file_rows(), package_rows()}) rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

Checked check(const ProfileCase& row) {
  const auto parsed = parse_profile(profile_json(row.profile));
  const auto* profile = std::get_if<Profile>(&parsed);
  EXPECT_NE(profile, nullptr) << testing::PrintToString(faults_of(profile_json(row.profile)));
  CheckRequest request = request_for();
  request.profile = profile;
  request.media_type = row.media_type;
  return check(row.files, request);
}

namespace {

class ProfileRulesTest : public testing::TestWithParam<ProfileCase> {};

TEST_P(ProfileRulesTest, ListsAllThatTheProfileRefuses) {
  const Checked checked = check(GetParam());
  EXPECT_EQ(checked.findings(), GetParam().findings);
  const bool refused = checked.outcome.problems > 0;
  EXPECT_EQ(checked.outcome.facts.has_value(), !refused);
  if (refused) {
    EXPECT_TRUE(checked.failure().starts_with("The bag does not follow the BagIt profile ")) << checked.failure();
  }
}

INSTANTIATE_TEST_SUITE_P(All, ProfileRulesTest, testing::ValuesIn(profile_cases()),
                         [](const auto& row) { return row.param.name; });

TEST(ProfileTest, TheFirstFailingRuleGivesTheText) {
  const Checked checked = check(ProfileCase{"", R"("Manifests-Required": ["sha512"])", following().build()});
  EXPECT_EQ(checked.failure(), std::string("The bag does not follow the BagIt profile ") + kIdentifier +
                                   ": A payload manifest in sha512 is missing");
  ASSERT_EQ(checked.problems.problems.size(), 1U);
  EXPECT_EQ(checked.problems.problems[0].other, kIdentifier);
  EXPECT_EQ(checked.problems.problems[0].expected, "sha512");
}

TEST(ProfileTest, EverythingWrongWithAProfileIsToldAtOnce) {
  EXPECT_THAT(faults_of(R"({"BagIt-Profile-Info": {"BagIt-Profile-Identifier": "x", "Version": "1",
                                           "BagIt-Profile-Version": "2.0"},
                    "Serialization": "sometimes", "Manifests-Required": ["md5"], "Manifests-Allowed": ["sha256"],
                    "Allow-Fetch.txt": false, "Fetch.txt-Required": true, "Data-Empty": 3, "Bag-Info": [],
                    "Tag-Files-Required": ["a"], "Tag-Files-Allowed": ["b"], "Payload-Files-Allowed": ["*"]})"),
              ElementsAre("BagIt-Profile-Info must have Source-Organization",
                          "BagIt-Profile-Info must have External-Description", HasSubstr("2.0 is not supported"),
                          "Bag-Info must be an object", "Manifests-Allowed must have md5, which Manifests-Required has",
                          "Fetch.txt-Required cannot be true where Allow-Fetch.txt is false",
                          "Data-Empty must be true or false",
                          "Serialization must be \"forbidden\", \"required\" or \"optional\"",
                          HasSubstr("Accept-Serialization must list at least one"),
                          "Accept-BagIt-Version must list at least one version",
                          "Tag-Files-Allowed must have a, which is required",
                          "Payload-Files-Allowed is not known to BagIt Profiles 1.4, and could not be enforced"));
}

TEST(ProfileTest, WhatIsNoProfileIsRefused) {
  EXPECT_THAT(faults_of("{"), ElementsAre(HasSubstr("it is not JSON")));
  EXPECT_THAT(faults_of("[]"), ElementsAre("it is not a JSON object"));
  EXPECT_THAT(faults_of("{}"), ElementsAre("BagIt-Profile-Info is missing, or not an object",
                                           "Accept-BagIt-Version must list at least one version"));
  EXPECT_THAT(faults_of(profile_json(R"("Manifests-Required": "md5")")),
              ElementsAre("Manifests-Required must be a list of texts"));
  EXPECT_THAT(faults_of(profile_json(R"("Bag-Info": {"A": {"values": [1]}})")),
              ElementsAre("The values of Bag-Info A must be a list of texts"));
  EXPECT_THAT(faults_of(profile_json(R"("Serialization": "required")")), ElementsAre(HasSubstr("at least one media")));
}

TEST(ProfileTest, RemarksAndAByteOrderMarkAreOverlooked) {
  EXPECT_THAT(faults_of("\xEF\xBB\xBF" + profile_json(R"("_comment": "c", "$schema": "s",
                        "Bag-Info": {"A": {"required": "false", "description": "d", "help": "h"}})")),
              ElementsAre());
}

}  // namespace
}  // namespace strongroom::bagit

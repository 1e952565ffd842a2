// Goal: keys come from where AWS's own programs would have them, in their order, and are never used beyond their end.
// Method: files, a scripted environment and a scripted web.
#include "adapters/cloud/aws_keyring.hpp"

#include <gmock/gmock.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "adapters/cloud/scripted_web.hpp"

namespace strongroom::cloud {
namespace {

using testing::HasSubstr;

class AwsKeyringTest : public testing::Test {
 protected:
  AwsKeyringTest() : directory_(testing::TempDir() + "/strongroom-keys-" + std::to_string(::getpid())) {
    std::filesystem::create_directories(directory_);
  }
  ~AwsKeyringTest() override { std::filesystem::remove_all(directory_); }

  std::string file(const std::string& name, const std::string& text) const {
    const std::string path = directory_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  AwsKeyring keyring(AwsKeysPlace place = {"", "", "eu-west-1"}) {
    return {std::move(place),
            [this](const std::string& name) {
              const auto found = variables_.find(name);
              return found == variables_.end() ? std::nullopt : std::optional(found->second);
            },
            web_, clock_};
  }
  /// `access secret session`, or why not.
  static std::string told(AwsKeyring& keyring) {
    const auto keys = keyring.keys();
    if (!keys) return keys.error().text();
    return keys->access_key + " " + keys->secret_key + " " + keys->session_token;
  }
  static std::string document(const std::string& access, const std::string& until) {
    return R"({"AccessKeyId":")" + access + R"(","SecretAccessKey":"s","Token":"t","Expiration":")" + until + "\"}";
  }

  std::string directory_;
  std::map<std::string, std::string> variables_;
  ScriptedWeb web_;
  SetClock clock_;
};

TEST_F(AwsKeyringTest, TheEnvironmentComesFirst) {
  variables_ = {{"AWS_ACCESS_KEY_ID", "a"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_SESSION_TOKEN", "t"}};
  AwsKeyring ring = keyring();
  EXPECT_EQ(told(ring), "a s t");
  EXPECT_TRUE(web_.asked.empty());
}

TEST_F(AwsKeyringTest, AFileThatIsNamedIsTheOnlyPlace) {
  variables_ = {{"AWS_ACCESS_KEY_ID", "a"}, {"AWS_SECRET_ACCESS_KEY", "s"}};
  const std::string path = file("named",
                                "# keys\n[default]\naws_access_key_id = d\naws_secret_access_key=e=f\r\n\n"
                                "[ archive ]\nAWS_ACCESS_KEY_ID=x\naws_secret_access_key = y\naws_session_token = z\n");
  AwsKeyring plain = keyring({path, "", "r"});
  EXPECT_EQ(told(plain), "d e=f ");
  AwsKeyring archive = keyring({path, "archive", "r"});
  EXPECT_EQ(told(archive), "x y z");
  AwsKeyring other = keyring({path, "other", "r"});
  EXPECT_THAT(told(other), HasSubstr("no aws_access_key_id and aws_secret_access_key in [other] (" + path));
  AwsKeyring missing = keyring({directory_ + "/missing", "", "r"});
  EXPECT_THAT(told(missing), HasSubstr("cannot be read"));
}

TEST_F(AwsKeyringTest, TheSharedFileIsFoundByItsVariables) {
  std::filesystem::create_directories(directory_ + "/.aws");
  file(".aws/credentials",
       "[default]\naws_access_key_id=h\naws_secret_access_key=i\n[p]\naws_access_key_id=j\n"
       "aws_secret_access_key=k\n");
  variables_ = {{"HOME", directory_}};
  AwsKeyring home = keyring();
  EXPECT_EQ(told(home), "h i ");
  variables_["AWS_PROFILE"] = "p";
  AwsKeyring profile = keyring();
  EXPECT_EQ(told(profile), "j k ");
}

TEST_F(AwsKeyringTest, AContainerIsAskedWithItsToken) {
  variables_ = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/keys"},
                {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file("token", "Bearer x\n")}};
  web_.answer("GET http://127.0.0.1/keys", document("c", "2026-01-01T06:00:00Z"));
  AwsKeyring ring = keyring();
  EXPECT_EQ(told(ring), "c s t");
  EXPECT_EQ(find_header(web_.asked.at(0).headers, "Authorization"), "Bearer x");
}

TEST_F(AwsKeyringTest, AnInstanceIsAskedByItsSecondProtocol) {
  const std::string base = "http://169.254.169.254/latest/";
  web_.answer("PUT " + base + "api/token", "the-token");
  web_.answer("GET " + base + "meta-data/iam/security-credentials/", "role\n");
  web_.answer("GET " + base + "meta-data/iam/security-credentials/role", document("i", "2026-01-01T01:00:00Z"));
  AwsKeyring ring = keyring();
  EXPECT_EQ(told(ring), "i s t");
  EXPECT_EQ(find_header(web_.asked.at(2).headers, "X-aws-ec2-metadata-token"), "the-token");
}

TEST_F(AwsKeyringTest, AWebIdentityIsChangedForKeys) {
  variables_ = {{"AWS_WEB_IDENTITY_TOKEN_FILE", file("identity", "ey.J\n")}, {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"}};
  web_.answer("POST https://sts.eu-west-1.amazonaws.com/",
              "<R xmlns=\"u\"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>w</AccessKeyId>"
              "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
              "<Expiration>2026-01-01T01:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></R>");
  AwsKeyring ring = keyring();
  EXPECT_EQ(told(ring), "w s t");
  EXPECT_THAT(web_.asked.at(0).url, HasSubstr("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"));
  EXPECT_THAT(web_.asked.at(0).url, HasSubstr("WebIdentityToken=ey.J"));
}

TEST_F(AwsKeyringTest, KeysAreFetchedAnewBeforeTheyEnd) {
  variables_ = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/keys"}};
  web_.answer("GET http://127.0.0.1/keys", document("first", "2026-01-01T01:00:00Z"));
  AwsKeyring ring = keyring();
  EXPECT_EQ(told(ring), "first s t");
  web_.answer("GET http://127.0.0.1/keys", document("second", "2026-01-01T02:00:00Z"));
  clock_.time += std::chrono::minutes(54);
  EXPECT_EQ(told(ring), "first s t");
  clock_.time += std::chrono::minutes(2);
  EXPECT_EQ(told(ring), "second s t");
  EXPECT_EQ(web_.asked.size(), 2U);
}

TEST_F(AwsKeyringTest, KeysThatAreStillGoodOutliveAnEndpointThatIsNot) {
  variables_ = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/keys"}};
  web_.answer("GET http://127.0.0.1/keys", document("first", "2026-01-01T01:00:00Z"));
  AwsKeyring ring = keyring();
  EXPECT_EQ(told(ring), "first s t");
  web_.answers.clear();
  clock_.time += std::chrono::minutes(58);
  EXPECT_EQ(told(ring), "first s t");
  clock_.time += std::chrono::minutes(3);
  EXPECT_THAT(told(ring), HasSubstr("nobody is there"));
}

TEST_F(AwsKeyringTest, KeysThatAreDistrustedAreFetchedAnew) {
  variables_ = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/keys"}};
  web_.answer("GET http://127.0.0.1/keys", document("first", "2026-01-01T01:00:00Z"));
  AwsKeyring ring = keyring();
  const auto first = ring.keys();
  ASSERT_TRUE(first);
  web_.answer("GET http://127.0.0.1/keys", document("second", "2026-01-01T01:00:00Z"));
  ring.distrust(*first);
  EXPECT_EQ(told(ring), "second s t");
  ring.distrust(*first);  // Somebody else who had the first ones: these are not meant.
  web_.answers.clear();
  EXPECT_EQ(told(ring), "second s t");
}

TEST_F(AwsKeyringTest, WithoutAnyItSaysWhatToDo) {
  AwsKeyring ring = keyring();
  EXPECT_THAT(told(ring), HasSubstr("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
  variables_["AWS_EC2_METADATA_DISABLED"] = "true";
  web_.asked.clear();
  AwsKeyring quiet = keyring();
  EXPECT_THAT(told(quiet), HasSubstr("credentialsFile"));
  EXPECT_TRUE(web_.asked.empty());
}

}  // namespace
}  // namespace strongroom::cloud

// Goal: whatever proves who asks is found, and tokens are never used beyond their end. Method: files, a scripted
// environment and a scripted web.
#include "adapters/cloud/azure_keyring.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "adapters/cloud/scripted_web.hpp"

namespace strongroom::cloud {
namespace {

using testing::HasSubstr;

class AzureKeyringTest : public testing::Test {
 protected:
  AzureKeyringTest() : path_(testing::TempDir() + "/strongroom-azure-" + std::to_string(::getpid())) {}
  ~AzureKeyringTest() override { std::filesystem::remove(path_); }

  std::string file(const std::string& text) const {
    std::ofstream(path_, std::ios::binary) << text;
    return path_;
  }
  AzureKeyring keyring(std::string key_file = {}) {
    return {std::move(key_file),
            [this](const std::string& name) {
              const auto found = variables_.find(name);
              return found == variables_.end() ? std::nullopt : std::optional(found->second);
            },
            web_, clock_};
  }
  /// `key|signature|token`, or why not.
  static std::string told(AzureKeyring& keyring) {
    const auto keys = keyring.keys();
    if (!keys) return keys.error().text();
    return keys->account_key + "|" + keys->signature + "|" + keys->token;
  }

  std::string path_;
  std::map<std::string, std::string> variables_;
  ScriptedWeb web_;
  SetClock clock_;
};

TEST_F(AzureKeyringTest, AFileHasAKeyOrASignature) {
  AzureKeyring key = keyring(file("c2VjcmV0\n"));
  EXPECT_EQ(told(key), "secret||");
  AzureKeyring signature = keyring(file("?sv=2021&sig=abc%3D\r\n"));
  EXPECT_EQ(told(signature), "|sv=2021&sig=abc%3D|");
  AzureKeyring neither = keyring(file("not base64 at all"));
  EXPECT_THAT(told(neither), HasSubstr("neither a key in base64 nor a shared access signature (" + path_));
  AzureKeyring missing = keyring(path_ + ".missing");
  EXPECT_THAT(told(missing), HasSubstr("cannot be read"));
}

TEST_F(AzureKeyringTest, TheEnvironmentHasAKeyOrASignature) {
  variables_ = {{"AZURE_STORAGE_KEY", "c2VjcmV0"}};
  AzureKeyring key = keyring();
  EXPECT_EQ(told(key), "secret||");
  variables_ = {{"AZURE_STORAGE_SAS_TOKEN", "sv=1&sig=x"}};
  AzureKeyring signature = keyring();
  EXPECT_EQ(told(signature), "|sv=1&sig=x|");
}

TEST_F(AzureKeyringTest, AWorkloadsIdentityIsChangedForATokenAndThatAnew) {
  variables_ = {{"AZURE_FEDERATED_TOKEN_FILE", file("assertion")},
                {"AZURE_TENANT_ID", "tenant"},
                {"AZURE_CLIENT_ID", "client"},
                {"AZURE_AUTHORITY_HOST", "https://login.example/"}};
  const std::string where = "POST https://login.example/tenant/oauth2/v2.0/token";
  web_.answer(where, R"({"access_token":"one","expires_in":3600})");
  AzureKeyring ring = keyring();
  EXPECT_EQ(told(ring), "||one");
  EXPECT_THAT(web_.asked.at(0).body, HasSubstr("client_assertion=assertion"));
  EXPECT_THAT(web_.asked.at(0).body, HasSubstr("scope=https%3A%2F%2Fstorage.azure.com%2F.default"));
  web_.answer(where, R"({"access_token":"two","expires_in":"3600"})");
  clock_.time += std::chrono::minutes(50);
  EXPECT_EQ(told(ring), "||one");
  clock_.time += std::chrono::minutes(6);
  EXPECT_EQ(told(ring), "||two");
  web_.answer(where, R"({"access_token":"three","expires_in":"3600"})");
  ring.distrust({"", "", "two"});
  EXPECT_EQ(told(ring), "||three");
}

TEST_F(AzureKeyringTest, AVirtualMachineHasAnIdentity) {
  web_.answer("GET http://169.254.169.254/metadata/identity/oauth2/token",
              R"({"access_token":"vm","expires_in":"86400","token_type":"Bearer"})");
  AzureKeyring ring = keyring();
  EXPECT_EQ(told(ring), "||vm");
  EXPECT_EQ(find_header(web_.asked.at(0).headers, "Metadata"), "true");
}

TEST_F(AzureKeyringTest, WithoutAnyItSaysWhatToDo) {
  AzureKeyring ring = keyring();
  EXPECT_THAT(told(ring), HasSubstr("name a file in credentialsFile, or set AZURE_STORAGE_KEY"));
}

}  // namespace
}  // namespace strongroom::cloud

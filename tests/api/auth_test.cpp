// Goal: only valid tokens pass, scopes and spaces hold, a withdrawn grant acts at once (cases-storage.md C3, C4).
// Method: requests into the handler with tokens put into the accounts.
#include <gtest/gtest.h>

#include "api/api_fixture.hpp"

namespace strongroom::test {
namespace {

class AuthTest : public ApiTest {
 protected:
  ApiAnswer with_authorization(const std::string& value) {
    return request("GET", "/storage/v1/ingests/none").header("Authorization", value).send();
  }
  static void expect_unauthorised(const ApiAnswer& answer, const std::string& text, bool invalid_token) {
    expect_error(answer, 401, text);
    EXPECT_EQ(answer.header("WWW-Authenticate"),
              std::string("Bearer realm=\"strongroom\"") + (invalid_token ? ", error=\"invalid_token\"" : ""));
  }
};

TEST_F(AuthTest, C3_TokensThatAreNotValid) {
  const std::string missing = "Missing access token";
  const std::string invalid = "The access token is not valid";
  expect_unauthorised(request("GET", "/storage/v1/ingests/none").send(), missing, false);
  expect_unauthorised(request("GET", "/storage/v1/ingests/none?access_token=" + kAllToken).send(), missing, false);
  expect_unauthorised(with_authorization(kAllToken), missing, false);
  expect_unauthorised(with_authorization("Basic YWxsOnMzY3JldCB3b3Jk"), missing, false);
  expect_unauthorised(with_authorization("Bearer"), missing, false);
  expect_unauthorised(with_authorization("Bearer random"), invalid, true);
  auto twice = request("GET", "/storage/v1/ingests/none").bearer(kAllToken).bearer(kMapperToken);
  expect_unauthorised(twice.send(), invalid, true);
  EXPECT_EQ(with_authorization("bearer " + kAllToken).status, 404);
  EXPECT_EQ(with_authorization("BEARER  " + kAllToken).status, 404);
}

TEST_F(AuthTest, C3_ExpiredAndRevokedTokens) {
  clock.pass(std::chrono::hours(1) - Duration(1));
  EXPECT_EQ(as_all("GET", "/ingests/none").send().status, 404);
  clock.pass(Duration(1));
  expect_unauthorised(as_all("GET", "/ingests/none").send(), "The access token has expired", true);
  add_token("all", "second");
  EXPECT_EQ(with_authorization("Bearer second").status, 404);
  accounts.tokens.clear();
  expect_unauthorised(with_authorization("Bearer second"), "The access token is not valid", true);
}

TEST_F(AuthTest, C3_AClientThatIsDisabledOrGone) {
  accounts.clients.at("all").disabled = true;
  expect_unauthorised(as_all("GET", "/ingests/none").send(), "The access token is not valid", true);
  accounts.clients.erase("all");
  expect_unauthorised(as_all("GET", "/ingests/none").send(), "The access token is not valid", true);
}

TEST_F(AuthTest, C3_AValidTokenSurvivesARestart) {
  start();
  EXPECT_EQ(as_all("GET", "/ingests/none").send().status, 404);
}

TEST_F(AuthTest, C4_Scopes) {
  accounts.clients.at("mapper").grants.pop_back();
  const auto answer = as_mapper("GET", "/bags/maps/x").send();
  expect_error(answer, 403, "This client lacks the scope bags:read");
  EXPECT_EQ(answer.header("WWW-Authenticate"),
            "Bearer realm=\"strongroom\", error=\"insufficient_scope\", scope=\"bags:read\"");
  EXPECT_EQ(answer.header("Cache-Control"), "private, no-cache");
}

TEST_F(AuthTest, C4_Spaces) {
  store("x", 1, {}, "secret");
  for (const std::string bag : {"x", "not-stored"}) {
    expect_error(as_mapper("GET", "/bags/secret/" + bag).send(), 403, "This client may not use the space secret");
  }
  const std::string body =
      R"({"ingestType":{"id":"create"},"space":{"id":"secret"},"bag":{"info":{"externalIdentifier":"x"}},)"
      R"("sourceLocation":{"provider":{"id":"filesystem"},"bucket":"uploads","path":"x.tar.gz"}})";
  expect_error(as_mapper("POST", "/ingests").json(body).send(), 403, "This client may not use the space secret");
  EXPECT_TRUE(catalogue.ingests.empty());
  const std::string id = as_all("POST", "/ingests").json(body).send().text_at("id").value();
  expect_error(as_mapper("GET", "/ingests/" + id).send(), 404, "Ingest " + id + " not found");
  EXPECT_EQ(as_all("GET", "/ingests/" + id).send().status, 200);
}

TEST_F(AuthTest, C4_GrantsAreLookedUpOnEveryRequest) {
  store("x", 1);
  EXPECT_EQ(as_mapper("GET", "/bags/maps/x").send().status, 200);
  for (Grant& grant : accounts.clients.at("mapper").grants) grant.spaces = {{"other"}};
  expect_error(as_mapper("GET", "/bags/maps/x").send(), 403, "This client may not use the space maps");
  // Two grants of one scope add up.
  accounts.clients.at("mapper").grants.push_back({"bags:read", {{"maps"}}});
  EXPECT_EQ(as_mapper("GET", "/bags/maps/x").send().status, 200);
}

TEST_F(AuthTest, AccountsThatCannotBeRead) {
  accounts.down = true;
  expect_error(as_all("GET", "/ingests/none").send(), 500, "");
}

}  // namespace
}  // namespace strongroom::test

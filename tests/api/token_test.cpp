// Goal: the token endpoint answers as RFC 6749 and http-api.md 3.1 have it (cases-storage.md C1, C2). Method: requests
// into the handler; real scrypt.
#include <gtest/gtest.h>

#include "api/api_fixture.hpp"

namespace strongroom::test {
namespace {

constexpr auto kGrant = "grant_type=client_credentials";

class TokenTest : public ApiTest {
 protected:
  static std::string basic(const std::string& pair) {
    // `client:secret` pairs of these tests, encoded elsewhere.
    static const std::map<std::string, std::string> kEncoded = {
        {"all:s3cret word", "YWxsOnMzY3JldCB3b3Jk"},
        {"all:s3cret+word", "YWxsOnMzY3JldCt3b3Jk"},
        {"all:s3cret%20word", "YWxsOnMzY3JldCUyMHdvcmQ="},
        {"all:wrong", "YWxsOndyb25n"},
        {"nobody:wrong", "bm9ib2R5Ondyb25n"},
        {"all", "YWxs"},
        {"mapper:s3cret word", "bWFwcGVyOnMzY3JldCB3b3Jk"},
    };
    return "Basic " + kEncoded.at(pair);
  }
  ApiAnswer ask(const std::string& pair, const std::string& form, const std::string& path = "/oauth2/token") {
    auto made = request("POST", path);
    if (!pair.empty()) made.header("Authorization", basic(pair));
    return checked(made.form(form).send());
  }
  static ApiAnswer checked(ApiAnswer answer) {
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    EXPECT_EQ(answer.header("Pragma"), "no-cache");
    EXPECT_EQ(answer.text.rfind("{\"@context\":\"" + kContextUrl + "\",\"", 0), 0U) << answer.text;
    return answer;
  }
  static void expect_oauth_error(const ApiAnswer& answer, int status, const std::string& error) {
    EXPECT_EQ(answer.status, status) << answer.text;
    EXPECT_EQ(answer.text_at("error"), error) << answer.text;
    EXPECT_EQ(answer.text_at("type"), "Error");
    EXPECT_FALSE(answer.text_at("error_description").value_or("").empty());
    EXPECT_EQ(answer.text_at("requestId"), answer.header("X-Request-Id"));
    EXPECT_EQ(answer.header("WWW-Authenticate"), status == 401 ? "Basic realm=\"strongroom\"" : "");
  }
};

TEST_F(TokenTest, C1_TokensByBasicAndByForm) {
  const std::string form = std::string(kGrant) + "&client_id=all&client_secret=s3cret+word";
  std::vector<std::string> tokens;
  for (const std::string path : {"/oauth2/token", "/storage/v1/oauth2/token"}) {
    for (const auto& answer : {ask("all:s3cret word", kGrant, path), ask("", form, path)}) {
      ASSERT_EQ(answer.status, 200) << answer.text;
      EXPECT_EQ(answer.text_at("type"), "AccessToken");
      EXPECT_EQ(answer.text_at("token_type"), "Bearer");
      EXPECT_EQ(answer.json().at("expires_in"), 3600);
      EXPECT_EQ(answer.text_at("scope"), "ingests:write ingests:read bags:read bags:content events:read operator");
      tokens.push_back(answer.text_at("access_token").value());
      EXPECT_EQ(tokens.back().size(), 43U);
    }
  }
  for (const std::string& token : tokens) {
    EXPECT_EQ(request("GET", "/storage/v1/ingests/none").bearer(token).send().status, 404);
    // Nothing is kept or logged in clear.
    EXPECT_EQ(log.text.find(token), std::string::npos);
    for (const auto& [digest, kept] : accounts.tokens) {
      EXPECT_NE(digest, token);
      EXPECT_NE(kept.sha256, token);
    }
  }
  EXPECT_EQ(log.text.find("s3cret"), std::string::npos);
}

TEST_F(TokenTest, C1_BothSpellingsOfASecretByBasic) {
  EXPECT_EQ(ask("all:s3cret+word", kGrant).status, 200);
  EXPECT_EQ(ask("all:s3cret%20word", kGrant).status, 200);
  // A client whose secret looks encoded is compared as sent first.
  FakeEntropy salt;
  accounts.clients.at("all").secret_hashes = {secret_hash(), api::hash_secret("s3cret%20word", salt).value()};
  EXPECT_EQ(ask("all:s3cret%20word", kGrant).status, 200);
}

TEST_F(TokenTest, C2_ClientsThatAreNotBelieved) {
  const std::string form(kGrant);
  expect_oauth_error(ask("all:wrong", form), 401, "invalid_client");
  expect_oauth_error(ask("nobody:wrong", form), 401, "invalid_client");
  expect_oauth_error(ask("all", form), 401, "invalid_client");
  expect_oauth_error(ask("", form), 401, "invalid_client");
  expect_oauth_error(ask("", form + "&client_id=all"), 401, "invalid_client");
  expect_oauth_error(ask("", form + "&client_id=all&client_secret=wrong"), 401, "invalid_client");
  expect_oauth_error(ask("", form + "&client_id=a%2Fb&client_secret=wrong"), 401, "invalid_client");
  accounts.clients.at("all").disabled = true;
  expect_oauth_error(ask("all:s3cret word", form), 401, "invalid_client");
}

TEST_F(TokenTest, C2_RequestsThatAreNotWellFormed) {
  const std::string form(kGrant);
  const std::string pair = "all:s3cret word";
  expect_oauth_error(ask(pair, ""), 400, "invalid_request");
  expect_oauth_error(ask(pair, "grant_type="), 400, "invalid_request");
  expect_oauth_error(ask(pair, form + "&client_id=all&client_secret=s3cret+word"), 400, "invalid_request");
  expect_oauth_error(ask(pair, form + "&client_id=mapper"), 400, "invalid_request");
  expect_oauth_error(ask(pair, form + "&" + form), 400, "invalid_request");
  expect_oauth_error(ask(pair, form + "&scope=%zz"), 400, "invalid_request");
  expect_oauth_error(ask(pair, form, "/oauth2/token?scope=bags:read"), 400, "invalid_request");
  expect_oauth_error(ask(pair, "grant_type=password"), 400, "unsupported_grant_type");
  auto other = request("POST", "/oauth2/token").header("Authorization", basic(pair));
  expect_oauth_error(checked(other.json("{}").send()), 400, "invalid_request");
  auto with_parameters = request("POST", "/oauth2/token").header("Authorization", basic(pair));
  with_parameters.header("Content-Type", "Application/X-WWW-Form-Urlencoded ; charset=utf-8").body(form);
  EXPECT_EQ(with_parameters.send().status, 200);
  EXPECT_EQ(ask(pair, form + "&client_id=all&odd=1&scope=").status, 200);
}

TEST_F(TokenTest, C2_Scopes) {
  const std::string form(kGrant);
  expect_oauth_error(ask("mapper:s3cret word", form + "&scope=operator"), 400, "invalid_scope");
  expect_oauth_error(ask("mapper:s3cret word", form + "&scope=bags:read+odd"), 400, "invalid_scope");
  const auto narrow = ask("mapper:s3cret word", form + "&scope=bags:read+bags:read");
  EXPECT_EQ(narrow.text_at("scope"), "bags:read");
  const std::string token = narrow.text_at("access_token").value();
  EXPECT_EQ(request("GET", "/storage/v1/bags/maps/x").bearer(token).send().status, 404);
  expect_error(request("GET", "/storage/v1/ingests/none").bearer(token).send(), 403,
               "This client lacks the scope ingests:read");
}

TEST_F(TokenTest, RepeatedFailuresHaveToWait) {
  const std::string form(kGrant);
  for (int i = 0; i < 10; ++i) {
    expect_oauth_error(ask("all:wrong", form), 401, "invalid_client");
    clock.pass(std::chrono::seconds(2));
  }
  const auto refused = ask("all:s3cret word", form);
  expect_error(refused, 429, "Too many failed authentications of this client from this address");
  EXPECT_EQ(refused.header("Retry-After"), "40");
  // This pair only.
  EXPECT_EQ(ask("mapper:s3cret word", form).status, 200);
  auto elsewhere = request("POST", "/oauth2/token").from("192.0.2.8").header("Authorization", basic("all:s3cret word"));
  EXPECT_EQ(elsewhere.form(form).send().status, 200);
  clock.pass(std::chrono::seconds(40));
  EXPECT_EQ(ask("all:s3cret word", form).status, 200);
}

TEST_F(TokenTest, AccountsThatCannotBeRead) {
  accounts.down = true;
  expect_error(ask("all:s3cret word", kGrant), 500, "");
}

}  // namespace
}  // namespace strongroom::test

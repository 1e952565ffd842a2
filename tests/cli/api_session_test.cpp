// Goal: the command line follows the service's redirections to long answers, and gives its token to nobody else
// (http-api.md 5.2). Method: two real servers, one in the service's place and one in the object store's, which show
// what they were sent.
#include "cli/api_session.hpp"

#include <gmock/gmock.h>

#include "adapters/web/serving.hpp"

namespace strongroom::cli {
namespace {

using ::testing::HasSubstr;

class ApiSessionTest : public testing_support::Serving {
 protected:
  ApiSessionTest() {
    handler.scripts["/oauth2/token"].finish = [](const HttpRequestHead&, const std::string&) {
      return text_of(200, R"({"access_token":"secret-token"})");
    };
    handler.scripts["/bags/maps/x"].finish = [this](const HttpRequestHead& head, const std::string&) {
      sent_to_service = std::string(find_header(head.headers, "Authorization").value_or("none"));
      HttpResponse response;
      response.status = 307;
      if (!location.empty()) response.headers.emplace_back("Location", location);
      return response;
    };
    start();
    store_handler_.plain.finish = [this](const HttpRequestHead& head, const std::string&) {
      sent_to_store = std::string(find_header(head.headers, "Authorization").value_or("none"));
      target = head.target;
      HttpResponse response = text_of(status_of_store, "long");
      if (status_of_store == 307) response.headers.emplace_back("Location", url("/bags/maps/x"));
      return response;
    };
    store_ = std::make_unique<web::HttpServer>(options, store_handler_);
    EXPECT_TRUE(store_->start());
    location = "http://127.0.0.1:" + std::to_string(store_->port()) + "/long/x%20y.json?X-Amz-Signature=a%2Bb";
  }
  ~ApiSessionTest() override { store_->stop(); }

  Result<int> download() {
    ApiSession session({url(""), "client", "secret"});
    return session.download("/bags/maps/x", sink);
  }

  static HttpResponse text_of(int status, std::string text) {
    HttpResponse response;
    response.status = status;
    response.text = std::move(text);
    return response;
  }

  std::string location;
  int status_of_store = 200;
  std::string sent_to_service;
  std::string sent_to_store;
  std::string target;
  TextSink sink;

 private:
  testing_support::ScriptedHandler store_handler_;
  std::unique_ptr<web::HttpServer> store_;
};

TEST_F(ApiSessionTest, ALongAnswerIsFetchedWhereItLiesWithoutTheToken) {
  const Result<int> got = download();
  ASSERT_TRUE(got) << got.error().text();
  EXPECT_EQ(*got, 200);
  EXPECT_EQ(sink.text(), "long");
  EXPECT_EQ(target, "/long/x%20y.json?X-Amz-Signature=a%2Bb") << "the signature is over the URL as it was given";
  EXPECT_EQ(sent_to_service, "Bearer secret-token");
  EXPECT_EQ(sent_to_store, "none");
}

TEST_F(ApiSessionTest, WhatCannotBeHadThereIsToldAndTheUrlIsNot) {
  status_of_store = 403;
  const Result<int> got = download();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().act, Act::temporary);
  EXPECT_THAT(got.error().text(), HasSubstr("redirects to an object store, which answered 403"));
  EXPECT_EQ(got.error().text().find("Signature"), std::string::npos);
  EXPECT_EQ(sink.text(), "");
}

TEST_F(ApiSessionTest, OneRedirectionIsEnough) {
  status_of_store = 307;
  const Result<int> got = download();
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().text(), HasSubstr("answered 307"));
}

TEST_F(ApiSessionTest, NothingButHttpIsFollowed) {
  for (const char* odd : {"", "/elsewhere", "file:///etc/passwd", "ftp://host/x"}) {
    location = odd;
    const Result<int> got = download();
    ASSERT_FALSE(got) << odd;
    EXPECT_THAT(got.error().text(), HasSubstr("redirects to what is no https address")) << odd;
  }
  EXPECT_EQ(target, "");
}

}  // namespace
}  // namespace strongroom::cli

// Goal: every request finds its route, or the right refusal, in the order of http-api.md 1.4, with the headers of 1.6
// (cases-storage.md B2). Method: requests into the handler.
#include "api/routes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "api/api_fixture.hpp"

namespace strongroom::test {
namespace {

constexpr auto kUnknown = "The requested resource could not be found.";

using RoutesTest = ApiTest;

TEST_F(RoutesTest, B2_MethodsThatAreNotAllowed) {
  const auto answer = as_all("PUT", "/ingests").send();
  expect_error(answer, 405, "HTTP method not allowed, supported methods: GET, POST");
  EXPECT_EQ(answer.header("Allow"), "GET, POST");
  // Told before any token is looked at.
  expect_error(request("DELETE", "/storage/v1/bags/maps/x").send(), 405,
               "HTTP method not allowed, supported methods: GET");
  expect_error(request("GET", "/oauth2/token").send(), 405, "HTTP method not allowed, supported methods: POST");
}

TEST_F(RoutesTest, B2_UnknownPaths) {
  for (const std::string path :
       {"/nothing", "/", "", "/ingest", "/ingests//", "/oauth2/token/", "/healthz/", "/bags", "/bags/", "/bags/maps",
        "/bags/maps/", "/bags/ma%2Fps/x", "/bags/maps/%zz", "/bags/maps/%FF", "/uploads/uploads", "/uploads/uploads/",
        "/events/x", "/ingests/a/b"}) {
    expect_error(as_all("GET", path).send(), 404, kUnknown);
  }
  expect_error(request("GET", "/nothing").send(), 404, kUnknown);
  expect_error(request("GET", "/ingests").send(), 404, kUnknown);
  expect_error(request("GET", "/report").send(), 404, kUnknown);
  expect_error(request("GET", "/storage/v1x/healthz").send(), 404, kUnknown);
}

TEST_F(RoutesTest, B2_UrisThatAreTooLong) {
  const std::string at_limit = "/" + std::string(8191, 'a');
  expect_error(request("GET", at_limit).send(), 404, kUnknown);
  expect_error(request("GET", at_limit + "a").send(), 414,
               "URI length exceeds the configured limit of 8192 characters");
}

TEST_F(RoutesTest, B2_Health) {
  for (const std::string path : {"/healthz", "/management/healthcheck"}) {
    for (const std::string base : {"", "/storage/v1"}) {
      for (const std::string method : {"GET", "HEAD"}) {
        const auto answer = request(method, base + path).send();
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.text, "ok");
        EXPECT_EQ(answer.header("Content-Type"), "text/plain");
      }
    }
  }
  catalogue.down = true;
  const auto answer = request("GET", "/healthz").send();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.text, "unavailable");
  EXPECT_TRUE(answer.has_header("Retry-After"));
}

TEST_F(RoutesTest, B2_HeadHasTheHeadersOfGet) {
  store("x", 1);
  for (const std::string path : {"/bags/maps/x", "/ingests/none", "/context.json"}) {
    const auto get = as_all("GET", path).header("X-Request-Id", "r").send();
    const auto head = as_all("HEAD", path).header("X-Request-Id", "r").send();
    EXPECT_EQ(get.status, head.status);
    EXPECT_EQ(get.headers, head.headers);
  }
}

TEST_F(RoutesTest, HeadersOnEveryAnswer) {
  const auto made = request("GET", "/nothing").send();
  EXPECT_TRUE(is_uuid(made.header("X-Request-Id")));
  EXPECT_EQ(made.header("X-Content-Type-Options"), "nosniff");
  EXPECT_FALSE(made.has_header("Cache-Control"));
  EXPECT_EQ(request("GET", "/healthz").header("x-request-id", "Ab.c_-9").send().header("X-Request-Id"), "Ab.c_-9");
  for (const std::string& bad : {std::string("a b"), std::string(65, 'a'), std::string("\xC3\xA9"), std::string()}) {
    EXPECT_TRUE(is_uuid(request("GET", "/healthz").header("X-Request-Id", bad).send().header("X-Request-Id")));
  }
  EXPECT_EQ(as_all("GET", "/ingests/none").send().header("Cache-Control"), "private, no-cache");
  EXPECT_NE(log.text.find("http.request requestId=Ab.c_-9"), std::string::npos);
}

TEST_F(RoutesTest, JsonLdWhereItIsAskedFor) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"application/ld+json", "application/ld+json"},
      {"text/html, Application/LD+JSON;q=0.9", "application/ld+json"},
      {"application/ld+json, application/json", "application/json"},
      {"*/*", "application/json"},
  };
  for (const auto& [accept, type] : cases) {
    EXPECT_EQ(request("GET", "/nothing").header("Accept", accept).send().header("Content-Type"), type) << accept;
  }
}

TEST_F(RoutesTest, AbsoluteFormLeadsToTheSamePlace) {
  EXPECT_EQ(request("GET", "http://elsewhere.test/storage/v1/healthz?x=1").send().status, 200);
  EXPECT_EQ(request("GET", "http://elsewhere.test").send().status, 404);
}

TEST_F(RoutesTest, OtherBasePaths) {
  config.base_path = "";
  start();
  EXPECT_EQ(request("GET", "/healthz").send().status, 200);
  EXPECT_EQ(request("GET", "/ingests/none").bearer(kAllToken).send().description(), "Ingest none not found");
}

TEST_F(RoutesTest, RefusalsOfTheServerHaveTheSameShape) {
  for (int status : {400, 408, 413, 414, 417, 431, 501, 503, 505, 421}) {
    HttpRequestHead head;
    head.headers = {{"X-Request-Id", "r-9"}};
    const HttpResponse response = handler->refuse(status, head);
    ApiAnswer answer{response.status, response.headers, response.text};
    EXPECT_FALSE(answer.description().empty());
    EXPECT_EQ(answer.header("X-Request-Id"), "r-9");
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.text_at("@context"), kContextUrl);
  }
}

TEST_F(RoutesTest, ExceptionsEndAsA500) {
  catalogue.throws = true;
  expect_error(as_all("GET", "/ingests/5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11").send(), 500, "");
  EXPECT_NE(log.text.find("an unexpected exception: odd"), std::string::npos);
}

TEST_F(RoutesTest, BodiesNobodyAskedForAreNotRead) {
  const auto answer = as_all("GET", "/ingests/none").body(std::string(3 << 20, 'x')).send();
  expect_error(answer, 404, "Ingest none not found");
}

TEST(RouteTable, RowsAreUniqueAndScopesAreKnown) {
  const std::set<std::string_view> scopes = {"",
                                             "ingests:write",
                                             "ingests:read",
                                             "bags:read",
                                             "bags:content",
                                             "events:read",
                                             "transfers:read",
                                             "transfers:write",
                                             "operator"};
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const api::Route& route : api::all_routes()) {
    EXPECT_TRUE(seen.emplace(route.method, route.pattern).second) << route.method << " " << route.pattern;
    EXPECT_TRUE(scopes.contains(route.scope)) << route.scope;
  }
}

/// A pattern of the route table as OpenAPI writes it.
std::string documented(std::string pattern) {
  const auto replace = [&pattern](std::string_view from, std::string_view to) {
    if (const auto at = pattern.find(from); at != std::string::npos) pattern.replace(at, from.size(), to);
  };
  replace("{bag}", "{space}/{externalIdentifier}");
  replace("...}", "}");
  if (pattern.ends_with("/content")) pattern += "/{path}";
  return pattern;
}

TEST_F(RoutesTest, EveryRouteIsInTheDescriptionOfTheApi) {
  const auto answer = request("GET", "/storage/v1/openapi.json").send();
  ASSERT_EQ(answer.status, 200);
  const auto document = answer.json();
  std::set<std::string> told;
  for (const auto& path : document.at("paths").as_object()) {
    for (const auto& operation : path.value().as_object()) {
      std::string method(operation.key());
      std::transform(method.begin(), method.end(), method.begin(),
                     [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      told.insert(method + " " + std::string(path.key()));
    }
  }
  std::set<std::string> known;
  for (const api::Route& route : api::all_routes()) {
    known.insert(std::string(route.method) + " " + documented(std::string(route.pattern)));
  }
  EXPECT_EQ(told, known);
  EXPECT_EQ(document.at("servers").at(0).at("url"), "http://sr.test/storage/v1");
}

}  // namespace
}  // namespace strongroom::test

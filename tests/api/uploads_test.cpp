// Goal: an upload is stored as it arrives, once, and told with its digest; nothing remains of one that broke off
// (CORRECTNESS 5.1). Method: requests into the handler over an in-memory upload area.
#include <gtest/gtest.h>

#include "api/api_fixture.hpp"

namespace strongroom::test {
namespace {

using UploadsTest = ApiTest;

TEST_F(UploadsTest, IsStoredAndTold) {
  const std::string bytes(5000, 'x');
  const auto answer = as_mapper("PUT", "/uploads/uploads/2024/a%20b%2Bc.tar.gz").body(bytes).send();
  ASSERT_EQ(answer.status, 201) << answer.text;
  EXPECT_EQ(answer.text, R"({"@context":")" + kContextUrl +
                             R"(","type":"Upload","sourceLocation":{"type":"Location","provider":{"id":"filesystem",)"
                             R"("type":"Provider"},"bucket":"uploads","path":"2024/a b+c.tar.gz"},"bucket":"uploads",)"
                             R"("path":"2024/a b+c.tar.gz","size":5000,"checksumAlgorithm":"sha256","checksum":")" +
                             digest_of(Algorithm::sha256, bytes).hex() + "\"}");
  EXPECT_EQ(uploads.files.at("uploads/2024/a b+c.tar.gz"), bytes);
  EXPECT_EQ(as_all("PUT", "/uploads/uploads/chunked").chunked(bytes).send().status, 201);
  EXPECT_EQ(as_all("PUT", "/uploads/uploads/empty").body("").send().status, 201);
  EXPECT_EQ(as_all("PUT", "/uploads/uploads/large").body(std::string(3 << 20, 'y')).send().status, 201);
}

TEST_F(UploadsTest, NothingIsOverwritten) {
  uploads.files["uploads/x"] = "first";
  const auto answer = as_all("PUT", "/uploads/uploads/x").body("second").send();
  expect_error(answer, 409, "The upload uploads/x already exists");
  EXPECT_TRUE(answer.early);
  EXPECT_EQ(uploads.files.at("uploads/x"), "first");
  // Two at once: the one that ends last loses.
  HttpRequestHead head{"PUT", "/storage/v1/uploads/uploads/y", {{"Authorization", "Bearer " + kAllToken}}, "::1", 1};
  const auto one = handler->begin(head);
  const auto other = handler->begin(head);
  EXPECT_EQ(one->finish().status, 201);
  EXPECT_EQ(other->finish().status, 409);
}

TEST_F(UploadsTest, Refusals) {
  config.upload_areas.push_back(*LocationName::parse("gone"));
  start();
  expect_error(as_all("PUT", "/uploads/other/x").body("a").send(), 404, "Upload area other not found");
  expect_error(as_all("PUT", "/uploads/gone/x").body("a").send(), 404, "Upload area gone not found");
  expect_error(as_all("PUT", "/uploads/..%2F/x").body("a").send(), 404, "Upload area ..%2F not found");
  expect_error(as_all("PUT", "/uploads/uploads/x%zz").body("a").send(), 404,
               "The requested resource could not be found.");
  const std::string odd = R"(must not contain consecutive slashes, "." or ".." components, or end with a slash.)";
  for (const std::string path : {"a/../b", "a%2F..%2Fb", "a//b", "a/"}) {
    expect_error(as_all("PUT", "/uploads/uploads/" + path).body("a").send(), 400, "Invalid upload path: " + odd);
  }
  expect_error(as_all("PUT", "/uploads/uploads/%2Fetc").body("a").send(), 400,
               "Invalid upload path: must be relative to the upload area.");
  expect_error(as_all("PUT", "/uploads/uploads/x").send(), 411, "An upload needs a Content-Length or a chunked body");
  expect_error(as_all("PUT", "/uploads/uploads/x?odd=1").body("a").send(), 400,
               "Invalid value in query parameter odd: got \"1\", no such parameter here.");
  expect_error(as_all("POST", "/uploads/uploads/x").body("a").send(), 405,
               "HTTP method not allowed, supported methods: PUT");
  expect_error(request("PUT", "/storage/v1/uploads/uploads/x").body("a").send(), 401, "Missing access token");
  auto& grants = accounts.clients.at("mapper").grants;
  std::erase_if(grants, [](const Grant& grant) { return grant.scope == "ingests:write"; });
  expect_error(as_mapper("PUT", "/uploads/uploads/x").body("a").send(), 403,
               "This client lacks the scope ingests:write");
  EXPECT_TRUE(uploads.files.empty());
}

TEST_F(UploadsTest, NothingRemainsOfWhatBrokeOff) {
  auto made = as_all("PUT", "/uploads/uploads/x").chunked("");
  made.break_off_after("half");
  EXPECT_EQ(uploads.under_way, 0);
  EXPECT_TRUE(uploads.files.empty());
  uploads.disk_full = true;
  const auto answer = as_all("PUT", "/uploads/uploads/x").body("abc").send();
  expect_error(answer, 500, "");
  EXPECT_TRUE(answer.early);
  EXPECT_EQ(uploads.under_way, 0);
}

}  // namespace
}  // namespace strongroom::test

// Goal: headers are found whatever their case, and phrases are those of RFC 9110. Method: tables.
#include "ports/http.hpp"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

TEST(FindHeader, ByNameInAnyCaseTheFirst) {
  const HttpHeaders headers = {{"Content-Type", "application/json"}, {"X-A", "1"}, {"x-a", "2"}, {"Empty", ""}};
  EXPECT_EQ(find_header(headers, "content-type"), "application/json");
  EXPECT_EQ(find_header(headers, "CONTENT-TYPE"), "application/json");
  EXPECT_EQ(find_header(headers, "x-A"), "1");
  EXPECT_EQ(find_header(headers, "empty"), "");
  EXPECT_EQ(find_header(headers, "Content"), std::nullopt);
  EXPECT_EQ(find_header(headers, "Content-Type "), std::nullopt);
  EXPECT_EQ(find_header({}, "a"), std::nullopt);
}

TEST(ReasonPhrase, StandardNames) {
  const std::pair<int, const char*> table[] = {
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {422, "Unprocessable Content"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {0, ""},
      {299, ""},
      {599, ""},
      {-1, ""},
  };
  for (const auto& [status, phrase] : table) EXPECT_EQ(reason_phrase(status), phrase) << status;
}

}  // namespace
}  // namespace strongroom

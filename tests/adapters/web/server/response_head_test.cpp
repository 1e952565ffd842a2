// The framing of responses as a table over kind of request and body, and the Date text.
#include "adapters/web/server/response_head.hpp"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

class NoBody final : public HttpBody {
 public:
  Result<Pull> pull(std::string& /*out*/, std::size_t /*max*/) override { return Pull::end; }
};

struct FramingCase {
  const char* name;
  int status;
  bool has_stream;
  std::optional<std::uint64_t> length;
  bool is_head;
  bool is_http_1_1;
  // expected
  bool sends_body;
  bool chunked;
  bool keep_alive;
  std::optional<std::uint64_t> content_length;
};

class FramingTest : public testing::TestWithParam<FramingCase> {};

TEST_P(FramingTest, FramesAsTheClientCanRead) {
  const FramingCase& c = GetParam();
  HttpResponse response;
  response.status = c.status;
  response.text = "four";
  response.length = c.length;
  if (c.has_stream) response.body = std::make_shared<NoBody>();
  const web::Framing framing = web::frame_response(response, c.is_head, c.is_http_1_1, true);
  EXPECT_EQ(framing.sends_body, c.sends_body);
  EXPECT_EQ(framing.chunked, c.chunked);
  EXPECT_EQ(framing.keep_alive, c.keep_alive);
  EXPECT_EQ(framing.length, c.content_length);
  EXPECT_FALSE(web::frame_response(response, c.is_head, c.is_http_1_1, false).keep_alive);
}

constexpr auto kNone = std::nullopt;

INSTANTIATE_TEST_SUITE_P(
    ResponseHead, FramingTest,
    testing::Values(FramingCase{"Text", 200, false, kNone, false, true, true, false, true, 4U},
                    FramingCase{"TextIgnoresLength", 200, false, 9U, false, true, true, false, true, 4U},
                    FramingCase{"HeadOfText", 200, false, kNone, true, true, false, false, true, 4U},
                    FramingCase{"HeadWithLengthOnly", 200, false, 9U, true, true, false, false, true, 9U},
                    FramingCase{"StreamOfLength", 200, true, 9U, false, true, true, false, true, 9U},
                    FramingCase{"Stream", 200, true, kNone, false, true, true, true, true, kNone},
                    FramingCase{"HeadOfStream", 200, true, kNone, true, true, false, true, true, kNone},
                    FramingCase{"StreamToHttp10", 200, true, kNone, false, false, true, false, false, kNone},
                    FramingCase{"HeadOfStreamHttp10", 200, true, kNone, true, false, false, false, true, kNone},
                    FramingCase{"StreamOfLengthHttp10", 200, true, 9U, false, false, true, false, true, 9U},
                    FramingCase{"NoContent", 204, false, kNone, false, true, false, false, true, kNone},
                    FramingCase{"NotModified", 304, true, 9U, false, true, false, false, true, kNone}),
    [](const auto& named) { return named.param.name; });

TEST(ResponseHeadTest, WritesTheWholeHead) {
  HttpResponse response;
  response.status = 201;
  response.headers = {{"Location", "/ingests/1"}};
  response.text = "{}";
  const auto framing = web::frame_response(response, false, true, false);
  EXPECT_EQ(web::response_head(response, framing, true, instant_of(784'111'777'000'000)),
            "HTTP/1.1 201 Created\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nLocation: /ingests/1\r\n"
            "Content-Length: 2\r\nConnection: close\r\n\r\n");
  response.status = 299;  // no standard phrase: the blank stays (RFC 9112 4)
  EXPECT_TRUE(web::response_head(response, framing, true, Instant()).starts_with("HTTP/1.1 299 \r\n"));
}

}  // namespace
}  // namespace strongroom

// Goal: a chunked body ends in the same place however it is dealt out, and nothing that comes in stops the program.
// Method: bodies fed a piece at a time, each piece added to what was not used of those before, as a connection does.
#include "adapters/web/server/request_parser.hpp"

#include <gtest/gtest.h>

#include <string>

namespace strongroom::web {
namespace {

constexpr std::string_view kHead = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

struct Outcome {
  RequestParser::Step step = RequestParser::Step::need_more;
  std::string body;
  std::string behind;  ///< what came after the body's end
};

/// The body dealt out in pieces of `piece` bytes.
Outcome feed(std::string_view body, std::size_t piece) {
  RequestParser parser(8192, 65536);
  Outcome outcome;
  EXPECT_EQ(parser.feed_head(kHead).step, RequestParser::Step::complete);
  std::string kept;
  while (!body.empty() && outcome.step == RequestParser::Step::need_more) {
    kept.append(body.substr(0, piece));
    body.remove_prefix(std::min(piece, body.size()));
    for (;;) {
      const auto fed = parser.feed_body(kept, [&](ByteView bytes) { outcome.body.append(as_text(bytes)); });
      kept.erase(0, fed.used);
      outcome.step = fed.step;
      if (fed.step != RequestParser::Step::need_more || fed.used == 0 || kept.empty()) break;
    }
  }
  outcome.behind = kept + std::string(body);
  return outcome;
}

TEST(ChunkedBodyTest, EndsInTheSamePlaceHoweverItIsDealtOut) {
  struct Case {
    std::string_view wire;
    std::string_view body;
  };
  for (const Case& c : {Case{"0\r\n\r\n", ""}, Case{"1\r\na\r\n0\r\n\r\n", "a"}, Case{"0;x=y\r\n\r\n", ""},
                        Case{"5;x\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\n", "hello!"}}) {
    for (std::size_t piece = 1; piece <= c.wire.size(); ++piece) {
      const Outcome outcome = feed(std::string(c.wire) + "GET /", piece);
      EXPECT_EQ(outcome.step, RequestParser::Step::complete) << c.wire << " by " << piece;
      EXPECT_EQ(outcome.body, c.body) << c.wire << " by " << piece;
      EXPECT_EQ(outcome.behind, "GET /") << c.wire << " by " << piece;
    }
  }
}

TEST(ChunkedBodyTest, WhatIsNoBodyIsNeverTakenForOne) {
  for (const std::string_view wire : {"0\r\n\n", "0\n\r\n", "0\r\n\r", "\r\n\r\n\r\n", "-1\r\n\r\n", "g\r\n\r\n",
                                      "1\r\nab\r\n0\r\n\r\n", "ffffffffffffffff\r\n", "0\r\n : \r\n\r\n"}) {
    for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
      EXPECT_NE(feed(wire, piece).step, RequestParser::Step::complete) << wire << " by " << piece;
    }
  }
}

}  // namespace
}  // namespace strongroom::web

// Goal: gzip exactly where http-api.md 1.5 has it, with every header that goes with it (1.5, RFC 9110 12.5.3, 8.8.1,
// 12.5.5). Method: header tables, answers made by hand, and requests into the handler; zlib unpacks.
#include "api/compression.hpp"

#include <zlib.h>

#include "api/api_fixture.hpp"

namespace strongroom::test {
namespace {

/// One gzip member and nothing behind it; "broken" otherwise.
std::string gunzip(std::string_view packed) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return "broken";
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string text;
  std::string piece(1 << 16, '\0');
  int outcome = Z_OK;
  while (outcome == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    outcome = inflate(&stream, Z_NO_FLUSH);
    text.append(piece, 0, piece.size() - stream.avail_out);
  }
  const bool whole = outcome == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  return whole ? text : "broken";
}

/// A body that ends with `last`, in pieces of `piece` bytes, with a pause before every third.
class Pieces final : public HttpBody {
 public:
  Pieces(std::string text, std::size_t piece, bool fails = false)
      : text_(std::move(text)), piece_(piece), fails_(fails) {}
  Result<Pull> pull(std::string& out, std::size_t max) override {
    most = std::max(most, max);
    if (++calls_ % 3 == 0) return Pull::not_yet;
    if (at_ == text_.size()) {
      if (fails_) return broken("the disk is gone");
      return Pull::end;
    }
    const std::string piece = text_.substr(at_, std::min(piece_, max));
    at_ += piece.size();
    out += piece;
    return Pull::bytes;
  }
  void on_ready(std::function<void()> wake) override { wake(); }

  std::size_t most = 0;

 private:
  std::string text_;
  std::size_t piece_;
  bool fails_;
  std::size_t at_ = 0;
  int calls_ = 0;
};

std::string numbers(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += std::to_string(i * 7919) + ",";
  return text;
}

HttpResponse answer_of(const std::string& type, std::string text) {
  HttpResponse response;
  response.headers = {{"Content-Type", type}, {"ETag", "\"maps/x/v1\""}};
  response.text = std::move(text);
  return response;
}

std::string header_of(const HttpResponse& response, std::string_view name) {
  return std::string(find_header(response.headers, name).value_or("none"));
}

const HttpHeaders kGzip = {{"Accept-Encoding", "gzip"}};

TEST(CompressionTest, ReadsAcceptEncoding) {
  struct Case {
    std::vector<std::string> values;
    bool allowed;
  };
  const std::vector<Case> cases = {
      {{}, false},
      {{""}, false},
      {{"gzip"}, true},
      {{"GZip"}, true},
      {{"x-gzip"}, true},
      {{"deflate, gzip;q=1.0, *;q=0.5"}, true},
      {{"br, deflate"}, false},
      {{"gzip;q=0"}, false},
      {{"gzip;q=0.000"}, false},
      {{"gzip;q=0.001"}, true},
      {{"gzip ; q=0.5"}, true},
      {{"gzip;Q=0.5"}, true},
      {{"*"}, true},
      {{"*;q=0"}, false},
      {{"gzip;q=0, *"}, false},
      {{"*;q=0, gzip"}, true},
      {{"identity;q=1, gzip;q=0.5"}, false},
      {{"identity;q=0.5, gzip;q=1"}, true},
      {{"identity"}, false},
      {{"br", "gzip"}, true},
      {{"gzip;q=2"}, false},
      {{"gzip;q=-1"}, false},
      {{"gzip;q=0.0001"}, false},
      {{"gzip;q=nonsense"}, false},
      {{"gzip;q="}, false},
      {{"gzip;level=9"}, true},
      {{"gzipped"}, false},
      {{",,gzip,,"}, true},
  };
  for (const Case& one : cases) {
    HttpHeaders headers;
    for (const std::string& value : one.values) headers.emplace_back("accept-ENCODING", value);
    EXPECT_EQ(api::accepts_gzip(headers), one.allowed) << (one.values.empty() ? "no header" : one.values.front());
  }
}

TEST(CompressionTest, CompressesWhatIsLongAndText) {
  struct Case {
    std::string type;
    std::size_t size;
    bool compressed;
    bool varies;
  };
  const std::vector<Case> cases = {{"application/json", 1025, true, true},
                                   {"application/json", 1024, false, true},
                                   {"application/ld+json", 5000, true, true},
                                   {"application/json; charset=utf-8", 5000, true, true},
                                   {"text/turtle", 5000, true, true},
                                   {"text/plain", 5000, false, false},
                                   {"text/event-stream", 5000, false, false},
                                   {"application/gzip", 5000, false, false},
                                   {"application/octet-stream", 5000, false, false}};
  for (const Case& one : cases) {
    const std::string text = numbers(2000).substr(0, one.size);
    HttpResponse response = answer_of(one.type, text);
    api::compress(response, kGzip);
    EXPECT_EQ(header_of(response, "Content-Encoding"), one.compressed ? "gzip" : "none") << one.type << one.size;
    EXPECT_EQ(header_of(response, "Vary"), one.varies ? "Accept-Encoding" : "none") << one.type << one.size;
    EXPECT_EQ(header_of(response, "ETag"), one.compressed ? "W/\"maps/x/v1\"" : "\"maps/x/v1\"");
    EXPECT_EQ(one.compressed ? gunzip(response.text) : response.text, text);
  }
}

TEST(CompressionTest, LeavesAloneWhatIsNotWanted) {
  const std::string text = numbers(2000);
  HttpResponse plain = answer_of("application/json", text);
  api::compress(plain, {});
  EXPECT_EQ(plain.text, text);
  EXPECT_EQ(header_of(plain, "Vary"), "Accept-Encoding");
  EXPECT_EQ(header_of(plain, "ETag"), "\"maps/x/v1\"");
  HttpResponse encoded = answer_of("application/json", text);
  encoded.headers.emplace_back("Content-Encoding", "br");
  api::compress(encoded, kGzip);
  EXPECT_EQ(encoded.text, text);
  EXPECT_EQ(header_of(encoded, "Content-Encoding"), "br");
}

TEST(CompressionTest, NotModifiedHasTheTagOfItsAnswer) {
  for (const bool gzip : {true, false}) {
    HttpResponse response;
    response.status = 304;
    response.headers = {{"ETag", "\"t\""}};
    api::compress(response, gzip ? kGzip : HttpHeaders());
    EXPECT_EQ(header_of(response, "ETag"), gzip ? "W/\"t\"" : "\"t\"");
    EXPECT_EQ(header_of(response, "Vary"), "Accept-Encoding");
    EXPECT_EQ(header_of(response, "Content-Encoding"), "none");
  }
}

TEST(CompressionTest, CompressesAStreamInPieces) {
  for (const std::size_t piece : {1U, 1000U, 100'000U}) {
    const std::string text = numbers(piece == 1 ? 500 : 200'000);
    auto inner = std::make_shared<Pieces>(text, piece);
    HttpResponse response = answer_of("application/json", "");
    response.body = inner;
    response.length = text.size();
    api::compress(response, kGzip);
    EXPECT_EQ(header_of(response, "Content-Encoding"), "gzip");
    EXPECT_FALSE(response.length);
    bool woken = false;
    response.body->on_ready([&] { woken = true; });
    EXPECT_TRUE(woken);
    std::string packed;
    std::size_t longest = 0;
    for (Pull pulled = Pull::bytes; pulled != Pull::end;) {
      const std::size_t before = packed.size();
      const auto outcome = response.body->pull(packed, 64 * 1024);
      ASSERT_TRUE(outcome);
      pulled = *outcome;
      longest = std::max(longest, packed.size() - before);
      if (pulled == Pull::bytes) {
        EXPECT_GT(packed.size(), before);
      }
    }
    EXPECT_EQ(gunzip(packed), text);
    EXPECT_LE(longest, 512 * 1024U);
    EXPECT_LE(inner->most, 256 * 1024U);
  }
}

TEST(CompressionTest, ShortStreamsOfKnownLengthStayAsTheyAre) {
  HttpResponse response = answer_of("application/json", "");
  response.body = std::make_shared<Pieces>(numbers(10), 10);
  response.length = 50;
  api::compress(response, kGzip);
  EXPECT_EQ(header_of(response, "Content-Encoding"), "none");
  EXPECT_EQ(response.length, 50U);
}

TEST(CompressionTest, AFaultStaysAFaultAndLooksCut) {
  HttpResponse response = answer_of("application/json", "");
  response.body = std::make_shared<Pieces>(numbers(100'000), 50'000, true);
  api::compress(response, kGzip);
  std::string packed;
  for (;;) {
    const auto pulled = response.body->pull(packed, 64 * 1024);
    if (!pulled) break;
    ASSERT_NE(*pulled, Pull::end);
  }
  EXPECT_EQ(gunzip(packed), "broken");
}

class CompressedApiTest : public ApiTest {};

TEST_F(CompressedApiTest, BagsAndContextAreCompressedAlikeForGetAndHead) {
  StoredBag bag;
  for (int i = 100; i < 200; ++i) bag.files.push_back(described("data/" + std::to_string(i), 1, 6, {}));
  store("x", 1, bag);
  for (const std::string path : {"/bags/maps/x", "/context.json"}) {
    const auto plain = as_all("GET", path).send();
    const auto packed = as_all("GET", path).header("Accept-Encoding", "gzip, deflate").send();
    const auto head = as_all("HEAD", path).header("Accept-Encoding", "gzip, deflate").send();
    ASSERT_EQ(plain.status, 200) << plain.text;
    EXPECT_EQ(gunzip(packed.text), plain.text);
    EXPECT_LT(packed.text.size(), plain.text.size());
    EXPECT_EQ(packed.header("ETag"), "W/" + plain.header("ETag"));
    for (const auto* answer : {&packed, &head}) {
      EXPECT_EQ(answer->header("Content-Encoding"), "gzip");
      EXPECT_EQ(answer->header("Vary"), "Accept-Encoding");
      EXPECT_EQ(answer->header("ETag"), packed.header("ETag"));
    }
    EXPECT_EQ(plain.header("Vary"), "Accept-Encoding");
    // The weak tag leads to a 304 as the strong one does.
    const auto again =
        as_all("GET", path).header("Accept-Encoding", "gzip").header("If-None-Match", packed.header("ETag")).send();
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.header("ETag"), packed.header("ETag"));
    EXPECT_EQ(again.header("Vary"), "Accept-Encoding");
  }
}

TEST_F(CompressedApiTest, SmallErrorsAndHealthAreNot) {
  const auto missing = as_all("GET", "/bags/maps/none").header("Accept-Encoding", "gzip").send();
  EXPECT_EQ(missing.status, 404);
  EXPECT_FALSE(missing.has_header("Content-Encoding"));
  EXPECT_EQ(missing.json().at("type").as_string(), "Error");
  const auto health = request("GET", "/healthz").header("Accept-Encoding", "gzip").send();
  EXPECT_EQ(health.text, "ok");
  EXPECT_FALSE(health.has_header("Vary"));
}

}  // namespace
}  // namespace strongroom::test

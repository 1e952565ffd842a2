// TLS: which files are refused and with what words, and the server under it: whole bodies both ways, a certificate
// changed under open connections, and clients that do not speak TLS as they must. The client is libcurl.
#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "adapters/web/client/api_client.hpp"
#include "adapters/web/server/tls_context.hpp"
#include "adapters/web/serving.hpp"
#include "support/certificate.hpp"

namespace strongroom {
namespace {

using testing::HasSubstr;
using testing_support::Certificate;
using testing_support::pattern;
using testing_support::pattern_source;
using testing_support::RawClient;
using testing_support::RawResponse;
using web::TlsContext;

class TlsTest : public testing_support::Serving {
 protected:
  TlsTest() {
    std::string path = testing::TempDir() + "strongroom-tls-XXXXXX";
    EXPECT_NE(mkdtemp(path.data()), nullptr);
    directory_ = path;
    options.tls = web::TlsFiles{file("chain.pem"), file("key.pem")};
  }
  ~TlsTest() override {
    if (server) server->stop();
    std::filesystem::remove_all(directory_);
  }

  [[nodiscard]] std::string file(const std::string& name) const { return directory_ + "/" + name; }
  void install(const Certificate& certificate) const {
    certificate.write_certificate(file("chain.pem"));
    certificate.write_key(file("key.pem"));
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(file(name)) << text; }
  [[nodiscard]] std::string problem() const {
    const auto loaded = TlsContext::load(*options.tls);
    return loaded ? "none" : loaded.error().text();
  }
  [[nodiscard]] std::string base() const { return "https://127.0.0.1:" + std::to_string(port()); }

 private:
  std::string directory_;
};

TEST_F(TlsTest, TellsWhatIsWrongWithTheFiles) {
  const Certificate one;
  const Certificate other;
  EXPECT_THAT(problem(), HasSubstr("tls.certificate: " + file("chain.pem") + " cannot be read: No such file"));
  write("chain.pem", "no certificate");
  EXPECT_THAT(problem(), HasSubstr("tls.certificate: " + file("chain.pem") + " cannot be used as a chain of PEM"));
  one.write_certificate(file("chain.pem"));
  EXPECT_THAT(problem(), HasSubstr("tls.key: " + file("key.pem") + " cannot be read: No such file"));
  ASSERT_EQ(mkdir(file("key.pem").c_str(), 0700), 0);
  EXPECT_THAT(problem(), HasSubstr("tls.key: " + file("key.pem") + " cannot be read: Is a directory"));
  std::filesystem::remove(file("key.pem"));
  write("key.pem", "");
  EXPECT_THAT(problem(), HasSubstr("tls.key: " + file("key.pem") + " has no PEM private key"));
  one.write_key(file("key.pem"), "passphrase");
  EXPECT_THAT(problem(), HasSubstr("tls.key: " + file("key.pem") + " is encrypted"));
  other.write_key(file("key.pem"));
  EXPECT_THAT(problem(),
              HasSubstr("tls.key: " + file("key.pem") + " does not belong to the certificate in " + file("chain.pem")));
  one.write_key(file("key.pem"));
  EXPECT_EQ(problem(), "none");
}

TEST_F(TlsTest, KnowsHowLongACertificateIsGood) {
  install(Certificate(30));
  const auto good = TlsContext::load(*options.tls);
  ASSERT_TRUE(good);
  EXPECT_FALSE((*good)->out_of_date());
  EXPECT_THAT((*good)->valid_until(), HasSubstr("GMT"));
  install(Certificate(-1));
  const auto expired = TlsContext::load(*options.tls);
  ASSERT_TRUE(expired);
  EXPECT_TRUE((*expired)->out_of_date());
}

TEST_F(TlsTest, DoesNotStartWithBadFiles) {
  server = std::make_unique<web::HttpServer>(options, handler);
  const auto started = server->start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().text(), HasSubstr("tls.certificate: "));
  server.reset();
}

TEST_F(TlsTest, CarriesBodiesBothWays) {
  constexpr std::uint64_t kSize = 5'000'003;
  handler.scripts["/down"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed(pattern_source(kSize), kSize);
  };
  handler.scripts["/chunks"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed(pattern_source(kSize));
  };
  install(Certificate());
  start();
  web::ApiClient client(base(), file("chain.pem"));
  for (const char* path : {"/down", "/chunks", "/down"}) {
    const auto answer = client.request("GET", path);
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->body, pattern(kSize));
  }
  const auto up = client.request("POST", "/up", {}, pattern(kSize));
  ASSERT_TRUE(up) << up.error().text();
  EXPECT_EQ(up->body, "POST /up " + pattern(kSize));
  const auto head = client.request("HEAD", "/down");
  ASSERT_TRUE(head);
  EXPECT_EQ(find_header(head->headers, "content-length"), std::to_string(kSize));
}

TEST_F(TlsTest, IsNotTrustedWithoutItsAuthority) {
  install(Certificate());
  start();
  web::ApiClient stranger(base());
  const auto answer = stranger.request("GET", "/");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().text(), HasSubstr("no trusted TLS connection"));
  web::ApiClient lost(base(), file("nowhere.pem"));
  const auto unread = lost.request("GET", "/");
  ASSERT_FALSE(unread);
  EXPECT_THAT(unread.error().text(), HasSubstr("STRONGROOM_CA_FILE"));
}

TEST_F(TlsTest, TakesANewCertificateUnderOpenConnections) {
  const Certificate before;
  const Certificate after;
  install(before);
  before.write_certificate(file("before.pem"));
  after.write_certificate(file("after.pem"));
  start();
  web::ApiClient old_client(base(), file("before.pem"));
  ASSERT_TRUE(old_client.request("GET", "/1"));
  install(after);
  const auto reloaded = server->reload_tls();
  ASSERT_TRUE(reloaded) << reloaded.error().text();
  // Its connection lives on; a new one would be refused.
  ASSERT_TRUE(old_client.request("GET", "/2"));
  web::ApiClient late_client(base(), file("before.pem"));
  EXPECT_FALSE(late_client.request("GET", "/3"));
  web::ApiClient new_client(base(), file("after.pem"));
  ASSERT_TRUE(new_client.request("GET", "/4"));

  write("key.pem", "rubbish");
  EXPECT_FALSE(server->reload_tls());
  web::ApiClient later(base(), file("after.pem"));
  ASSERT_TRUE(later.request("GET", "/5"));
  ASSERT_TRUE(old_client.request("GET", "/6"));
}

TEST_F(TlsTest, LivesBesideAServerInClear) {
  install(Certificate());
  start();
  web::HttpServer other(web::HttpServerOptions{}, handler);
  ASSERT_TRUE(other.start());
  web::ApiClient secure(base(), file("chain.pem"));
  web::ApiClient clear("http://127.0.0.1:" + std::to_string(other.port()));
  EXPECT_TRUE(secure.request("GET", "/"));
  EXPECT_TRUE(clear.request("GET", "/"));
  other.stop();
  EXPECT_TRUE(secure.request("GET", "/"));
  EXPECT_FALSE(clear.request("GET", "/"));
}

TEST_F(TlsTest, TellsAClientThatSpeaksHttpInClear) {
  install(Certificate());
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  const RawResponse answer = client.response();
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, "refused 400");
  EXPECT_EQ(handler.counters.begun, 0);
}

TEST_F(TlsTest, EndsHandshakesThatLeadNowhere) {
  options.handshake_timeout = std::chrono::milliseconds(200);
  install(Certificate());
  start();
  RawClient silent(port());
  RawClient half(port());
  ASSERT_TRUE(half.send("\x16\x03\x01\x02"));
  RawClient rubbish(port());
  ASSERT_TRUE(rubbish.send(std::string(1000, '\xff')));
  EXPECT_TRUE(silent.closed_by_server());
  EXPECT_TRUE(half.closed_by_server());
  rubbish.read_to_end();
  web::ApiClient client(base(), file("chain.pem"));
  EXPECT_TRUE(client.request("GET", "/"));
}

TEST_F(TlsTest, StopsWithIdleConnectionsAndHandshakesUnderWay) {
  options.handshake_timeout = std::chrono::minutes(2);
  options.drain_timeout = std::chrono::minutes(2);
  install(Certificate());
  start();
  web::ApiClient idle(base(), file("chain.pem"));
  ASSERT_TRUE(idle.request("GET", "/"));
  RawClient silent(port());
  ASSERT_TRUE(silent.send("\x16"));
  server->stop();
  EXPECT_TRUE(silent.closed_by_server());
}

}  // namespace
}  // namespace strongroom

// Goal: the POST of a package goes out as written down, and each row of transfers.md 10.5 leads to what stands there.
// Method: a real server that answers from a table, listeners that break off, and ports on which nobody is.
#include "adapters/archivematica/served_archivematica.hpp"

namespace strongroom::archivematica {
namespace {

using Kind = PackageAnswer::Kind;
using testing::HasSubstr;
using testing_support::RawClient;
using testing_support::RawListener;

class SubmitTest : public ServedArchivematica {
 protected:
  PackageAnswer submit() { return client().submit(kBody, kKey); }

  const std::string kBody = R"({"name":"pkg.zip"})";
  const std::string kKey = "95719fbf88fa66a947e7db0d695c2976ecf0669ab2b3dcdd4106dfb105f37465";
};

TEST_F(SubmitTest, E1_SendsTheseBytesWithKeyAndCredentials) {
  answers(kPackage, 202, R"({"id":"T-1"})");
  start();
  const PackageAnswer answer = submit();
  EXPECT_EQ(answer.kind, Kind::accepted);
  EXPECT_EQ(answer.id, "T-1");
  const std::vector<Asked> all = asked();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].method, "POST");
  EXPECT_EQ(all[0].target, "/api/v2beta/package");
  EXPECT_EQ(all[0].body, kBody);
  EXPECT_EQ(all[0].header("Authorization"), "ApiKey canary-user:CANARY-AM-KEY");
  EXPECT_EQ(all[0].header("Content-Type"), "application/json");
  EXPECT_EQ(all[0].header("Idempotency-Key"), kKey);
}

struct Row {
  int status;
  std::string body;
  Kind kind;
  std::string message;  ///< part of it
};

TEST_F(SubmitTest, E4_E5_E6_EachAnswerHasItsConsequence) {
  const Row rows[] = {
      {200, R"({"id":"T-1"})", Kind::accepted, ""},
      {201, R"({"id":"T-1","more":[1]})", Kind::accepted, ""},
      {202, R"({"error":true,"message":"m"})", Kind::refused, "m"},
      {202, R"({"id":"T-1","error":true,"message":"m"})", Kind::refused, "m"},
      {202, R"({"error":true})", Kind::refused, "202"},
      {202, "<html>log in</html>", Kind::transient, "cannot be understood"},
      {202, "", Kind::transient, "cannot be understood"},
      {202, R"(["T-1"])", Kind::transient, "cannot be understood"},
      {202, "{}", Kind::transient, "cannot be understood"},
      {202, R"({"id":7})", Kind::transient, "cannot be understood"},
      {202, R"({"id":""})", Kind::transient, "cannot be understood"},
      {401, "", Kind::barred, "the user or the key"},
      {403, R"({"message":"API key not valid.","error":true})", Kind::barred, "the user or the key"},
      {403, R"({"message":"Host/IP 127.0.0.1 not authorized.","error":true})", Kind::barred, "this machine"},
      {403, "<html>", Kind::barred, "refuses access"},
      {404, "", Kind::barred, "not at its address (404)"},
      {405, "", Kind::barred, "not at its address (405)"},
      {301, "", Kind::barred, "not at its address (301)"},
      {302, "log in", Kind::barred, "not at its address (302)"},
      {304, "", Kind::barred, "not at its address (304)"},
      {408, "", Kind::transient, "408"},
      {409, R"({"error":true,"message":"pending"})", Kind::busy, "409"},
      {425, "", Kind::transient, "425"},
      {429, "", Kind::transient, "429"},
      {500, R"({"error":true,"message":"Package cannot be created"})", Kind::transient, "500"},
      {501, "", Kind::transient, "501"},
      {503, "", Kind::transient, "503"},
      {599, "", Kind::transient, "599"},
      {400, R"({"error":true,"message":"Parameter \"path\" cannot be decoded."})", Kind::refused,
       "Parameter \"path\" cannot be decoded."},
      {402, "", Kind::refused, "402"},
      {410, "gone", Kind::refused, "410"},
      {418, R"({"message":null})", Kind::refused, "418"},
      {422, R"({"error":true,"message":"other parameters"})", Kind::refused, "other parameters"},
  };
  start();
  for (const Row& row : rows) {
    SCOPED_TRACE(std::to_string(row.status) + " " + row.body);
    answers(kPackage, row.status, row.body, {{"Location", "/login"}});
    const PackageAnswer answer = submit();
    EXPECT_EQ(answer.kind, row.kind);
    EXPECT_EQ(answer.id, row.kind == Kind::accepted ? "T-1" : "");
    if (row.kind != Kind::accepted) {
      EXPECT_THAT(clean(answer.message), HasSubstr(row.message));
    }
    for (const Asked& one : asked()) EXPECT_EQ(one.target, kPackage) << "redirects are not followed";
  }
}

TEST_F(SubmitTest, TellsWhenItMayBeAskedAgain) {
  start();
  for (const int status : {409, 429, 503}) {
    answers(kPackage, status, "", {{"Retry-After", "120"}});
    EXPECT_EQ(submit().retry_after, 120) << status;
    answers(kPackage, status, "", {{"Retry-After", format_http_date(clock.wall + std::chrono::seconds(90))}});
    EXPECT_EQ(submit().retry_after, 90) << status;
    answers(kPackage, status, "", {{"Retry-After", format_http_date(clock.wall - std::chrono::hours(1))}});
    EXPECT_EQ(submit().retry_after, 0) << status;
    answers(kPackage, status, "", {{"Retry-After", "99999999999"}});
    EXPECT_EQ(submit().retry_after, 3600) << status;
    answers(kPackage, status, "", {{"Retry-After", "soon"}});
    EXPECT_EQ(submit().retry_after, std::nullopt) << status;
  }
}

TEST_F(SubmitTest, E12_NothingHasArrivedWhereNobodyWasReached) {
  testing_support::DeadPort dead;
  const std::string nobody = "http://127.0.0.1:" + std::to_string(dead.port());
  const PackageAnswer refused = client(nobody).submit(kBody, kKey);
  EXPECT_EQ(refused.kind, Kind::not_taken);
  EXPECT_EQ(clean(refused.message), "Archivematica's dashboard cannot be reached");
  const PackageAnswer unknown = client("http://nobody.invalid").submit(kBody, kKey);
  EXPECT_EQ(unknown.kind, Kind::not_taken);
}

TEST_F(SubmitTest, E5_AnAnswerThatIsLostLeavesItOpen) {
  for (const std::string part : {"", "HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n{\"id\":"}) {
    RawListener listener([&](RawClient& peer) {
      std::string head;
      peer.read_until("pkg.zip", head);
      peer.send(part);
    });
    const PackageAnswer answer = client("http://127.0.0.1:" + std::to_string(listener.port())).submit(kBody, kKey);
    EXPECT_EQ(answer.kind, Kind::transient) << part;
    EXPECT_EQ(clean(answer.message), "the connection to Archivematica's dashboard broke off");
  }
}

/// Serves one connection, and nobody is there for a second one.
class OneConnection {
 public:
  explicit OneConnection(const std::function<void(RawClient&)>& serve) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = testing_support::loopback(0);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(socket_, 1), 0);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    thread_ = std::jthread([this, serve] {
      const int accepted = accept(socket_, nullptr, nullptr);
      ::close(socket_);
      RawClient peer(accepted, true);
      serve(peer);
    });
  }
  std::uint16_t port = 0;

 private:
  int socket_;
  std::jthread thread_;
};

TEST_F(SubmitTest, EachPostHasAConnectionOfItsOwn) {
  // Over a connection from an earlier call the HTTP library would send it a second time by itself, when that one turned
  // out to be closed.
  const OneConnection there([](RawClient& peer) {
    std::string text;
    peer.read_until("pkg.zip\"}", text);
    peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    EXPECT_FALSE(peer.receive()) << "nothing more comes over it";
  });
  web::ProviderClient web;
  ArchivematicaClient asking(
      settings("http://127.0.0.1:" + std::to_string(there.port)), [](const std::string&) { return std::nullopt; }, web,
      clock);
  EXPECT_EQ(asking.submit(kBody, kKey).kind, Kind::transient);
  EXPECT_EQ(asking.submit(kBody, kKey).kind, Kind::not_taken) << "nobody is there for a second connection";
}

TEST_F(SubmitTest, E6_ARotatedKeyNeedsNoRestart) {
  answers(kPackage, {answer_of(403, ""), answer_of(202, R"({"id":"T-1"})")});
  start();
  EXPECT_EQ(submit().kind, Kind::accepted) << "the file is read again and the call repeated once";
  EXPECT_EQ(asked().size(), 2U);

  answers(kPackage, 401, "");
  ArchivematicaClient held = client();
  EXPECT_EQ(held.submit(kBody, kKey).kind, Kind::barred);
  EXPECT_EQ(asked().size(), 2U) << "once more and no more than that";
  answers(kPackage, 202, R"({"id":"T-1"})");
  write("dashboard.key", "another-key\n");
  EXPECT_EQ(held.submit(kBody, kKey).kind, Kind::accepted);
  const std::vector<Asked> all = asked();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].header("Authorization"), "ApiKey canary-user:another-key");
}

TEST_F(SubmitTest, WithoutAddressUserOrKeyNothingIsSent) {
  answers(kPackage, 202, R"({"id":"T-1"})");
  start();
  const auto with = [this](const std::function<void(ServiceSettings&)>& change) {
    ArchivematicaSettings changed = settings(url(""));
    change(changed.dashboard);
    const auto environment = [](const std::string& name) {
      return name == "AM_KEY" ? std::optional<std::string>("from-there") : std::nullopt;
    };
    web::ProviderClient web;
    ArchivematicaClient asking(changed, environment, web, clock);
    const PackageAnswer answer = asking.submit(kBody, kKey);
    if (answer.kind != Kind::accepted) clean(answer.message);
    return answer;
  };
  const auto barred = [&](const std::function<void(ServiceSettings&)>& change, const std::string& why) {
    const PackageAnswer answer = with(change);
    EXPECT_EQ(answer.kind, Kind::barred) << why;
    EXPECT_THAT(answer.message, HasSubstr(why));
  };
  barred([](auto& one) { one.url = ""; }, "not configured");
  barred([](auto& one) { one.user = ""; }, "not configured");
  barred([](auto& one) { one.key = {}; }, "not configured");
  barred([](auto& one) { one.url = "ftp://x"; }, "the address of");
  barred([](auto& one) { one.url = "http://"; }, "the address of");
  barred([](auto& one) { one.url = "http://a b/"; }, "the address of");
  barred([this](auto& one) { one.key.file = file("none"); }, "archivematica.dashboard.apiKey: its file cannot be read");
  write("empty.key", "\n");
  barred([this](auto& one) { one.key.file = file("empty.key"); }, "its file is empty");
  barred([](auto& one) { one.key = {"", "NO_KEY"}; }, "its variable is not set");
  EXPECT_TRUE(asked().empty());
  EXPECT_EQ(with([](auto& one) { one.key = {"", "AM_KEY"}; }).kind, Kind::accepted);
  EXPECT_EQ(asked().at(0).header("Authorization"), "ApiKey canary-user:from-there");
}

TEST_F(SubmitTest, H4_WhatItSaysIsMaskedCutAndOnOneLine) {
  start();
  answers(kPackage, 422, R"({"message":"CANARY-AM-KEY at )" + url("/x") + R"( is\nwrong"})");
  EXPECT_EQ(clean(submit().message), "*** at ***/x is%0Awrong");
  answers(kPackage, 422, R"({"message":")" + std::string(499, 'a') + "\xC3\xA9" + std::string(2000, 'b') + R"("})");
  EXPECT_EQ(submit().message, std::string(499, 'a') + "...");
}

TEST_F(SubmitTest, AnUntrustedCertificateIsToldAndNothingSent) {
  const testing_support::Certificate certificate;
  certificate.write_certificate(file("chain.pem"));
  certificate.write_key(file("key.pem"));
  options.tls = web::TlsFiles{file("chain.pem"), file("key.pem")};
  answers(kPackage, 202, R"({"id":"T-1"})");
  start();
  const std::string base = "https://127.0.0.1:" + std::to_string(port());
  const PackageAnswer answer = client(base).submit(kBody, kKey);
  EXPECT_EQ(answer.kind, Kind::not_taken);
  EXPECT_THAT(clean(answer.message), HasSubstr("certificate"));
  EXPECT_TRUE(asked().empty());

  web::ProviderClient trusting(file("chain.pem"));
  ArchivematicaClient sure(settings(base), [](const std::string&) { return std::nullopt; }, trusting, clock);
  EXPECT_EQ(sure.submit(kBody, kKey).kind, Kind::accepted);
  web::ProviderClient misled(file("no.pem"));
  ArchivematicaClient lost(settings(base), [](const std::string&) { return std::nullopt; }, misled, clock);
  EXPECT_EQ(lost.submit(kBody, kKey).kind, Kind::barred);
}

}  // namespace
}  // namespace strongroom::archivematica

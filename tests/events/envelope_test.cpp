// Goal: the envelope of http-api.md 6.1 and its frame on the stream, byte for byte. Method: values in, texts out.
#include "events/envelope.hpp"

#include <gtest/gtest.h>

#include "domain/documents.hpp"

namespace strongroom::events {
namespace {

const std::string kContext = "http://sr.test/storage/v1/context.json";

LoggedEvent registered() {
  LoggedEvent logged;
  logged.event.sequence = 4711;
  logged.event.id = "0d9c2c1e-8a51-4a56-bb6b-5a1e3c6f0c77";
  logged.event.time = parse_instant("2024-05-01T09:30:01.540112Z").value();
  logged.event.kind = "registered-bag";
  logged.event.space = "maps";
  logged.event.body =
      registered_bag_body({Space::parse("maps").value(), ExternalIdentifier::parse("SEA/1887/12").value()}, Version(2));
  return logged;
}

TEST(EnvelopeTest, L1_ARegisteredBagIsExactlyAsDeployed) {
  EXPECT_EQ(envelope(registered()),
            R"({"type":"Event","sequence":4711,"id":"0d9c2c1e-8a51-4a56-bb6b-5a1e3c6f0c77",)"
            R"("time":"2024-05-01T09:30:01.540112Z","kind":"registered-bag","body":{"space":"maps",)"
            R"("externalIdentifier":"SEA/1887/12","version":"v2","type":"RegisteredBagNotification"}})");
}

TEST(EnvelopeTest, OnlyWhatIsEmittedAgainSaysSo) {
  LoggedEvent logged = registered();
  EXPECT_EQ(envelope(logged).find("reindex"), std::string::npos);
  logged.event.reindex = true;
  EXPECT_TRUE(envelope(logged).ends_with(R"("type":"RegisteredBagNotification"},"reindex":true})"));
}

TEST(EnvelopeTest, AnUpdateIsTheIngestOfThenWithItsCallbackMasked) {
  IngestRequest asked{IngestType::create,
                      {Space::parse("maps").value(), ExternalIdentifier::parse("x").value()},
                      {Provider::filesystem, "uploads", "x.tar.gz"},
                      "https://user:pass@example.org/done?token=secret",
                      {},
                      *ClientId::parse("goobi")};
  LoggedEvent logged = registered();
  logged.event.kind = "ingest-update";
  logged.event.body.clear();
  logged.event.ingest = IngestId::parse("5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11");
  logged.then =
      IngestThen{new_ingest(*logged.event.ingest, std::move(asked), logged.event.time, *RequestId::parse("r")), {}};
  const std::string text = envelope(logged);
  EXPECT_NE(text.find(R"("body":{"id":"5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11","type":"Ingest")"), std::string::npos);
  EXPECT_NE(text.find("https://***@example.org/done?***"), std::string::npos) << text;
  EXPECT_EQ(text.find("secret"), std::string::npos);
  EXPECT_EQ(text.find("@context"), std::string::npos);
}

TEST(EnvelopeTest, C5_TheDataLineBeginsWithTheContextAndIsOne) {
  LoggedEvent logged = registered();
  logged.event.body = "{\n \"space\":\r\n\"maps\"}";
  const std::string text = frame(logged, kContext);
  EXPECT_TRUE(text.starts_with("id: 4711\nevent: registered-bag\ndata: {\"@context\":\"" + kContext + "\",\"type\""))
      << text;
  EXPECT_TRUE(text.ends_with("}\n\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

}  // namespace
}  // namespace strongroom::events

// Goal: locations over all pages, each space once, configurations and statuses, with every other answer told as an
// operator's affair or a matter of time. Method: a real server that answers from a table.
#include "adapters/archivematica/cached_archivematica.hpp"
#include "adapters/archivematica/served_archivematica.hpp"

namespace strongroom::archivematica {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// `next` is JSON.
std::string page(const std::string& next, const std::string& objects) {
  return R"({"meta":{"limit":20,"next":)" + next + R"(,"offset":0,"previous":null,"total_count":9},"objects":[)" +
         objects + "]}";
}

std::string location(const std::string& uuid, const std::string& space, const std::string& more = "") {
  return R"({"uuid":")" + uuid + R"(","space":")" + space +
         R"(","relative_path":"born-digital","path":"/born-digital")" + more + "}";
}

std::string space_of(const std::string& bucket) {
  return R"({"access_protocol":"S3","aws_secret_access_key":"CANARY-SPACE-SECRET","s3_bucket":")" + bucket + "\"}";
}

class LookUpsTest : public ServedArchivematica {
 protected:
  Error failed_list() {
    const Error error = failure(client().source_areas("S3"));
    EXPECT_THAT(error.text(), testing::Not(HasSubstr("CANARY")));
    return error;
  }
};

TEST_F(LookUpsTest, E1_AsksForLocationsAndEachSpaceOnce) {
  answers(kLocations, 200,
          page("null", location("L1", "/api/v2/space/a/") + "," +
                           location("L2", "/api/v2/space/b/", R"(,"enabled":false)") + "," +
                           location("L3", "/api/v2/space/a/", R"(,"enabled":true)")));
  answers("/api/v2/space/a/", 200, space_of("transfer-source"));
  answers("/api/v2/space/b/", 200, R"({"bucket":"other","secret_access_key":"CANARY-SPACE-SECRET"})");
  start();
  const auto areas = client().source_areas("S3");
  ASSERT_TRUE(areas) << areas.error().text();
  ASSERT_EQ(areas->size(), 3U);
  EXPECT_EQ((*areas)[0].uuid, "L1");
  EXPECT_EQ((*areas)[0].relative_path, "born-digital");
  EXPECT_EQ((*areas)[0].path, "/born-digital");
  EXPECT_EQ((*areas)[0].bucket, "transfer-source");
  EXPECT_TRUE((*areas)[0].enabled);
  EXPECT_EQ((*areas)[1].bucket, "other");
  EXPECT_FALSE((*areas)[1].enabled);
  EXPECT_EQ((*areas)[2].bucket, "transfer-source");
  const std::vector<Asked> all = asked();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].target, kLocations);
  EXPECT_EQ(all[1].target, "/api/v2/space/a/");
  EXPECT_EQ(all[2].target, "/api/v2/space/b/");
  for (const Asked& one : all) EXPECT_EQ(one.header("Authorization"), "ApiKey canary-user:CANARY-SS-KEY");
}

TEST_F(LookUpsTest, DirectoriesNeedNoSpaces) {
  answers("/api/v2/location/?space__access_protocol=FS&purpose=TS", 200,
          page("null", location("L1", "/api/v2/space/a/")));
  start();
  const auto areas = client().source_areas("FS");
  ASSERT_TRUE(areas) << areas.error().text();
  EXPECT_EQ(areas->at(0).path, "/born-digital");
  EXPECT_EQ(asked().size(), 1U);
}

TEST_F(LookUpsTest, E7_VisitsEachPageOnce) {
  constexpr int kAll = 45;
  constexpr int kPage = 20;
  const auto target = [](int offset) {
    return offset == 0 ? std::string(kLocations)
                       : "/api/v2/location/?limit=20&offset=" + std::to_string(offset) + "&purpose=TS";
  };
  start();
  for (int offset = 0; offset < kAll; offset += kPage) {
    std::string objects;
    for (int i = offset; i < std::min(offset + kPage, kAll); ++i) {
      objects += (objects.empty() ? "" : ",") + location("L" + std::to_string(i), "/api/v2/space/a/");
    }
    // The second link is a whole address, of the same host though written otherwise.
    std::string next = offset + kPage < kAll ? "\"" + target(offset + kPage) + "\"" : "null";
    if (offset == kPage) next = "\"HTTP" + url(target(offset + kPage)).substr(4) + "\"";
    answers(target(offset), 200, page(next, objects));
  }
  answers("/api/v2/space/a/", 200, space_of("transfer-source"));
  const auto areas = client().source_areas("S3");
  ASSERT_TRUE(areas) << areas.error().text();
  ASSERT_EQ(areas->size(), 45U);
  for (std::size_t i = 0; i < areas->size(); ++i) EXPECT_EQ((*areas)[i].uuid, "L" + std::to_string(i));
  EXPECT_THAT(targets(), ElementsAre(target(0), target(20), target(40), "/api/v2/space/a/"));
}

TEST_F(LookUpsTest, E7_NeverFollowsALinkToAnotherHost) {
  testing_support::RawListener other([](testing_support::RawClient& peer) { peer.receive(); });
  const std::string there = "127.0.0.1:" + std::to_string(other.port());
  start();
  const std::string here = std::to_string(port());
  for (const std::string& next : {"http://" + there + "/api/", "//" + there + "/api/", "https://" + there + "/api/",
                                  "http://127.0.0.1:" + here + "@" + there + "/", "http:\\\\\\\\" + there + "/",
                                  std::string("/a b"), std::string("?offset=20"), std::string("gopher://x/"),
                                  "http://127.0.0.1:" + here + "1/", "http://127.0.0.1:" + here}) {
    SCOPED_TRACE(next);
    answers(kLocations, 200, page("\"" + next + "\"", ""));
    const Error error = failed_list();
    EXPECT_EQ(error.act, Act::broken);
    EXPECT_THAT(error.text(), HasSubstr("another host"));
    EXPECT_EQ(asked().size(), 1U);
    answers(kLocations, 200, page("null", location("L1", next)));
    EXPECT_EQ(failed_list().act, Act::broken) << "as a space";
    EXPECT_EQ(asked().size(), 1U);
  }
  EXPECT_EQ(other.accepted(), 0);
}

TEST_F(LookUpsTest, E7_EndsWhereThereIsNoEnd) {
  start();
  answers(kLocations, 200, page(R"("/api/v2/location/?offset=20")", ""));
  answers("/api/v2/location/?offset=20", 200, page("\"" + std::string(kLocations) + "\"", ""));
  const Error circle = failed_list();
  EXPECT_EQ(circle.act, Act::broken);
  EXPECT_THAT(circle.text(), HasSubstr("circle"));
  EXPECT_EQ(asked().size(), 2U);

  for (int i = 0; i < 1001; ++i) {
    const std::string target = i == 0 ? std::string(kLocations) : "/p/" + std::to_string(i);
    answers(target, 200, page("\"/p/" + std::to_string(i + 1) + "\"", ""));
  }
  const Error endless = failed_list();
  EXPECT_EQ(endless.act, Act::broken);
  EXPECT_THAT(endless.text(), HasSubstr("1,000 pages"));
  EXPECT_EQ(asked().size(), 1000U);
}

TEST_F(LookUpsTest, E5_E6_EachAnswerHasItsConsequence) {
  const std::map<int, Act> rows = {
      {400, Act::broken},    {401, Act::broken},    {403, Act::broken},    {404, Act::broken},    {301, Act::broken},
      {302, Act::broken},    {204, Act::temporary}, {405, Act::temporary}, {408, Act::temporary}, {410, Act::temporary},
      {429, Act::temporary}, {500, Act::temporary}, {503, Act::temporary}};
  start();
  for (const auto& [status, act] : rows) {
    SCOPED_TRACE(status);
    answers(kLocations, status, "{}", {{"Location", "/elsewhere"}});
    EXPECT_EQ(failed_list().act, act);
    answers(kLocations, 200, page("null", location("L1", "/api/v2/space/a/")));
    answers("/api/v2/space/a/", status, space_of("b"));
    EXPECT_EQ(failed_list().act, act) << "of a space";
    answers(kConfigurations, status, "{}");
    EXPECT_EQ(failure(client().processing_configurations()).act, act);
    EXPECT_EQ(failure(client().version()).act, act);
    EXPECT_EQ(failure(client().transfer_status("T-1")).act, Act::broken) << "nobody is at that path";
    const bool is_forbidden = status == 401 || status == 403;
    EXPECT_EQ(failure(client().version()).reason == Reason::forbidden, is_forbidden);
    for (const std::string& target : targets()) EXPECT_NE(target, "/elsewhere");
  }
  testing_support::DeadPort dead;
  const std::string nobody = "http://127.0.0.1:" + std::to_string(dead.port());
  EXPECT_EQ(failure(client(nobody).source_areas("S3")).act, Act::temporary);
  EXPECT_EQ(failure(client(nobody).processing_configurations()).act, Act::temporary);
  EXPECT_EQ(failure(client(nobody).ingest_status("S-1")).act, Act::temporary);
}

TEST_F(LookUpsTest, WhatIsNotAsExpectedIsAMatterOfTime) {
  start();
  for (const std::string& body :
       {std::string("<html>"), std::string("{}"), std::string("[]"), page("7", ""), page("null", "7"),
        page("null", R"({"uuid":"L1"})"), page("null", location("L1", "/s/", R"(,"enabled":"yes")")),
        std::string(R"({"meta":{},"objects":[]})")}) {
    answers(kLocations, 200, body);
    EXPECT_EQ(failed_list().act, Act::temporary) << body;
  }
  answers(kLocations, 200, page("null", location("L1", "/s/")));
  for (const std::string body : {"<html>", "[]", R"({"s3_bucket":7})"}) {
    answers("/s/", 200, body);
    EXPECT_EQ(failed_list().act, Act::temporary) << body;
  }
  answers("/s/", 200, R"({"s3_bucket":null,"bucket":"x"})");
  const auto areas = client().source_areas("S3");
  ASSERT_TRUE(areas);
  EXPECT_EQ(areas->at(0).bucket, "") << "the name is there, so that the other one does not count";
  for (const std::string body : {"<html>", "{}", R"({"processing_configurations":"a"})"}) {
    answers(kConfigurations, 200, body);
    EXPECT_EQ(failure(client().processing_configurations()).act, Act::temporary) << body;
  }
}

TEST_F(LookUpsTest, ConfigurationsAndVersion) {
  answers(kConfigurations, 200, R"({"processing_configurations":["automated","born_digital"]})",
          {{"X-Archivematica-Version", "1.19.0"}});
  start();
  const auto names = client().processing_configurations();
  ASSERT_TRUE(names);
  EXPECT_THAT(*names, ElementsAre("automated", "born_digital"));
  EXPECT_EQ(asked().at(0).header("Authorization"), "ApiKey canary-user:CANARY-AM-KEY");
  EXPECT_EQ(client().version().value(), "1.19.0");
  answers(kConfigurations, 200, R"({"processing_configurations":[]})");
  EXPECT_EQ(client().version().value(), "");
}

TEST_F(LookUpsTest, E15_StatusesOfTransfersAndIngests) {
  start();
  const std::string transfer = "/api/transfer/status/T-1/";
  for (const std::string body :
       {R"({"type":"transfer","message":"Cannot fetch unitTransfer with UUID T-1","error":true})",
        R"({"error":true,"message":"Unable to determine the status of the unit T-1"})",
        R"({"error":true,"message":"in other words"})"}) {
    answers(transfer, 400, body);
    const auto nothing = client().transfer_status("T-1");
    ASSERT_TRUE(nothing) << body;
    EXPECT_EQ(nothing->status, std::nullopt);
  }
  answers(transfer, 400, "<h1>Bad Request (400)</h1>");
  EXPECT_EQ(failure(client().transfer_status("T-1")).act, Act::broken) << "that is not the API's";
  answers(transfer, 200, R"({"status":"PROCESSING","microservice":"Verify","uuid":"T-1"})");
  const auto processing = client().transfer_status("T-1");
  ASSERT_TRUE(processing);
  EXPECT_EQ(processing->status, "PROCESSING");
  EXPECT_EQ(processing->microservice, "Verify");
  EXPECT_EQ(processing->sip_uuid, "");
  answers(transfer, 200, R"({"status":"COMPLETE","microservice":null,"sip_uuid":"BACKLOG"})");
  EXPECT_EQ(client().transfer_status("T-1")->sip_uuid, "BACKLOG");
  answers("/api/ingest/status/S%2F1/", 200, R"({"status":"FAILED","microservice":"Store AIP"})");
  const auto failed = client().ingest_status("S/1");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->status, "FAILED");
  EXPECT_EQ(failed->microservice, "Store AIP");
  for (const auto& [status, act] :
       std::map<int, Act>{{401, Act::broken}, {500, Act::temporary}, {200, Act::temporary}}) {
    answers(transfer, status, "{}");
    EXPECT_EQ(failure(client().transfer_status("T-1")).act, act) << status;
  }
}

TEST_F(LookUpsTest, AStatusIsAskedForOnceASecondAndNobodyWaitsForItsTurn) {
  answers("/api/transfer/status/T-1/", 200, R"({"status":"PROCESSING"})");
  answers("/api/ingest/status/S-1/", 200, R"({"status":"PROCESSING"})");
  answers(kConfigurations, 200, R"({"processing_configurations":[]})");
  start();
  ArchivematicaClient asking = client();
  for (int i = 0; i < 5; ++i) {
    const Duration before = clock.boot;
    EXPECT_TRUE(asking.transfer_status("T-1"));
    const Error early = failure(asking.ingest_status("S-1"));
    EXPECT_EQ(early.act, Act::temporary);
    EXPECT_EQ(early.reason, Reason::limit);
    EXPECT_TRUE(asking.processing_configurations()) << "look-ups have no turns";
    EXPECT_EQ(clock.boot, before);
    clock.pass(std::chrono::milliseconds(999));
    EXPECT_EQ(failure(asking.transfer_status("T-1")).reason, Reason::limit);
    clock.pass(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(asked().size(), 10U) << "nothing was sent out of turn";
}

TEST_F(LookUpsTest, E6_KeysAreReadAgainForLookUpsToo) {
  answers(kConfigurations, {answer_of(403, ""), answer_of(200, R"({"processing_configurations":[]})")});
  answers(kLocations, {answer_of(401, ""), answer_of(200, page("null", ""))});
  start();
  EXPECT_TRUE(client().processing_configurations());
  EXPECT_TRUE(client().source_areas("S3"));
  EXPECT_EQ(asked().size(), 4U);
}

TEST_F(LookUpsTest, AServiceThatAsksToBeLeftAloneIsLeftAlone) {
  answers(kConfigurations,
          {answer_of(503, "", {{"Retry-After", "600"}}), answer_of(200, R"({"processing_configurations":[]})")});
  answers(kLocations, 200, page("null", ""));
  answers(kPackage, 202, R"({"id":"T-1"})");
  start();
  ArchivematicaClient asking = client();
  EXPECT_EQ(failure(asking.processing_configurations()).act, Act::temporary);
  clock.pass(std::chrono::seconds(599));
  EXPECT_EQ(failure(asking.processing_configurations()).act, Act::temporary);
  EXPECT_EQ(asked().size(), 1U);
  EXPECT_TRUE(asking.source_areas("S3")) << "the other service did not ask for it";
  EXPECT_EQ(asking.submit("{}", "k").kind, PackageAnswer::Kind::accepted) << "packages are told by themselves";
  clock.pass(std::chrono::seconds(1));
  EXPECT_TRUE(asking.processing_configurations());
}

TEST_F(LookUpsTest, AnswersAreKeptForAWhileAndErrorsAreNot) {
  answers(kConfigurations, {answer_of(500, ""), answer_of(200, R"({"processing_configurations":["a"]})"),
                            answer_of(200, R"({"processing_configurations":["b"]})")});
  answers(kLocations, 200, page("null", ""));
  start();
  ArchivematicaClient asking = client();
  CachedArchivematica cached(asking, clock);
  EXPECT_FALSE(cached.processing_configurations());
  EXPECT_THAT(cached.processing_configurations().value(), ElementsAre("a"));
  clock.pass(std::chrono::seconds(599));
  EXPECT_THAT(cached.processing_configurations().value(), ElementsAre("a"));
  EXPECT_EQ(asked().size(), 2U);
  clock.pass(std::chrono::seconds(1));
  EXPECT_THAT(cached.processing_configurations().value(), ElementsAre("b"));
  asked();

  EXPECT_THAT(cached.source_areas("S3").value(), IsEmpty());
  clock.pass(std::chrono::seconds(299));
  EXPECT_THAT(cached.source_areas("S3").value(), IsEmpty());
  EXPECT_EQ(asked().size(), 1U);
  EXPECT_FALSE(cached.source_areas("FS")) << "asked by itself";
  clock.pass(std::chrono::seconds(1));
  EXPECT_TRUE(cached.source_areas("S3"));
  EXPECT_EQ(asked().size(), 2U);
  cached.forget_answers();
  EXPECT_TRUE(cached.source_areas("S3"));
  EXPECT_TRUE(cached.processing_configurations());
  EXPECT_EQ(asked().size(), 2U) << "both anew";
}

}  // namespace
}  // namespace strongroom::archivematica

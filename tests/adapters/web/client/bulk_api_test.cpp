// Goal: every answer of a search server means one thing, by its status and never by its text; what is no answer is
// trouble. Method: a real server on loopback that answers as it is told. What a strict server takes is shown end to
// end.
#include "adapters/web/client/bulk_api.hpp"

#include <gmock/gmock.h>

#include "adapters/web/serving.hpp"

namespace strongroom {
namespace {

using testing::HasSubstr;
using testing_support::DeadPort;

class BulkApiTest : public testing_support::Serving {
 protected:
  BulkApiTest() {
    handler.plain.finish = [this](const HttpRequestHead& head, const std::string& body) {
      seen += head.method + " " + head.target + " " + body + "\n";
      authorization = find_header(head.headers, "Authorization").value_or("");
      HttpResponse response;
      response.status = status;
      response.text = answer;
      return response;
    };
  }
  Result<std::vector<DocumentAnswer>> write(std::size_t count, web::BulkApiAccess access = {}) {
    access.url = url("/es");
    std::vector<IndexDocument> documents;
    for (std::size_t i = 0; i < count; ++i) documents.push_back({{"bags", "a" + std::to_string(i)}, 3, "{}", 0});
    return web::BulkApi(access).write(documents);
  }
  static std::string item(int code, const std::string& error = {}) {
    return R"({"index":{"_id":"x","status":)" + std::to_string(code) + (error.empty() ? "" : ",\"error\":" + error) +
           "}}";
  }
  void answer_items(const std::string& items) { answer = R"({"took":1,"errors":true,"items":[)" + items + "]}"; }

  int status = 200;
  std::string answer;
  std::string seen;
  std::string authorization;
};

TEST_F(BulkApiTest, EachDocumentHasItsAnswer) {
  start();
  answer_items(item(201) + "," + item(200) + "," + item(409, R"({"type":"version_conflict"})") + "," +
               item(429, R"({"type":"queue","reason":"full"})") + "," + item(503) + "," +
               item(400, R"({"type":"strict","reason":"no such field"})"));
  const auto answers = write(6);
  ASSERT_TRUE(answers) << answers.error().text();
  std::vector<DocumentOutcome> outcomes;
  for (const DocumentAnswer& one : *answers) outcomes.push_back(one.outcome);
  EXPECT_THAT(outcomes, testing::ElementsAre(DocumentOutcome::taken, DocumentOutcome::taken, DocumentOutcome::older,
                                             DocumentOutcome::busy, DocumentOutcome::busy, DocumentOutcome::refused));
  EXPECT_EQ(answers->at(3).reason, "queue: full");
  EXPECT_EQ(answers->at(5).reason, "strict: no such field");
  EXPECT_EQ(authorization, "");
  EXPECT_THAT(seen, HasSubstr(R"(POST /es/_bulk {"index":{"_index":"bags","_id":"a0","version":3,"version_type":)"
                              R"("external_gte"}})"
                              "\n{}\n{\"index\""));
}

TEST_F(BulkApiTest, ARefusedRequestSaysWhoHasToAct) {
  start();
  answer = R"({"error":{"type":"t","reason":"r"}})";
  const std::vector<std::pair<int, Act>> cases = {{400, Act::rejected},  {413, Act::rejected},  {429, Act::temporary},
                                                  {500, Act::temporary}, {503, Act::temporary}, {401, Act::broken},
                                                  {403, Act::broken},    {404, Act::broken},    {302, Act::broken}};
  for (const auto& [code, act] : cases) {
    status = code;
    const auto refused = write(1);
    ASSERT_FALSE(refused) << code;
    EXPECT_EQ(refused.error().act, act) << code;
    EXPECT_THAT(refused.error().what, HasSubstr(std::to_string(code)));
  }
}

TEST_F(BulkApiTest, WhatIsNoAnswerIsTrouble) {
  start();
  for (const std::string text : {"", "[]", "not JSON", "{}", R"({"items":[]})", R"({"items":[{"create":{}}]})",
                                 R"({"items":[{"index":{"status":"ok"}}]})"}) {
    answer = text;
    EXPECT_FALSE(write(1)) << text;
  }
  // An index that is gone is not a document's fault.
  answer_items(item(404, R"({"type":"index_not_found_exception"})"));
  const auto gone = write(1);
  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error().text(), HasSubstr("no index bags: `strongroom index create` makes it"));
}

TEST_F(BulkApiTest, CredentialsAreSent) {
  start();
  answer_items(item(200));
  ASSERT_TRUE(write(1, {"", "archive", "sesame", "", ""}));
  EXPECT_EQ(authorization, "Basic YXJjaGl2ZTpzZXNhbWU=");
  ASSERT_TRUE(write(1, {"", "", "", "a2V5", ""}));
  EXPECT_EQ(authorization, "ApiKey a2V5");
}

TEST_F(BulkApiTest, IndexesAreMadeOrAddedTo) {
  start();
  web::BulkApi api({url(""), "", "", "", ""});
  EXPECT_TRUE(api.has_index("bags").value());
  const auto added = api.put_index("bags", R"({"settings":{},"mappings":{"dynamic":"strict"}})");
  ASSERT_TRUE(added);
  EXPECT_FALSE(*added);
  EXPECT_THAT(seen, HasSubstr("PUT /bags/_mapping {\"dynamic\":\"strict\"}\n"));
  status = 404;
  EXPECT_FALSE(api.has_index("bags").value());
  EXPECT_FALSE(api.put_index("bags", R"({"mappings":{}})"));  // and cannot be made, either
  EXPECT_THAT(seen, HasSubstr("PUT /bags {\"mappings\":{}}\n"));
  status = 400;
  EXPECT_FALSE(api.has_index("bags"));
}

TEST_F(BulkApiTest, NobodyThereIsSaidSo) {
  const DeadPort dead;
  web::BulkApi api({"http://127.0.0.1:" + std::to_string(dead.port()), "", "", "", ""});
  const auto vain = api.has_index("bags");
  ASSERT_FALSE(vain);
  EXPECT_EQ(vain.error().act, Act::temporary);
  EXPECT_THAT(vain.error().what, HasSubstr("is the search server running there?"));
}

}  // namespace
}  // namespace strongroom

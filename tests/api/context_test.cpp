// Goal: every JSON answer begins with the context, and every member and type it has is a term of that context
// (cases-storage.md C5; json-ld.md 1, rule 2). Method: one answer of each kind; their members are walked.
#include <gtest/gtest.h>

#include <set>

#include "api/api_fixture.hpp"

namespace strongroom::test {
namespace {

namespace json = boost::json;

class ContextTest : public ApiTest {
 protected:
  std::vector<ApiAnswer> answers() {
    store("x", 1);
    const std::string body =
        R"({"ingestType":{"id":"update"},"space":{"id":"maps"},"bag":{"info":{"externalIdentifier":"x"}},)"
        R"("sourceLocation":{"provider":{"id":"filesystem"},"bucket":"uploads","path":"x.tar.gz"},)"
        R"("callback":{"url":"https://flow.test/cb"}})";
    std::vector<ApiAnswer> all = {as_all("POST", "/ingests").json(body).send()};
    const std::string id = all.front().text_at("id").value();
    Ingest& ingest = catalogue.ingests.at(id);
    ingest.status = Status::failed;
    ingest.retrying = true;
    ingest.version = Version(1);
    ingest.last_modified = clock.now();
    catalogue.events[id] = {{clock.now(), "Retry requested"}};
    StepRecord step;
    step.started = clock.now() - std::chrono::seconds(9);
    step.progress = {90, 100, 1, 2};
    catalogue.steps[id] = {step};
    all.push_back(as_all("GET", "/ingests/" + id).send());
    all.push_back(as_all("GET", "/bags/maps/x").send());
    all.push_back(as_all("PUT", "/uploads/uploads/x").body("a").send());
    const std::string form = "grant_type=client_credentials&client_id=all&client_secret=";
    all.push_back(request("POST", "/oauth2/token").form(form + "s3cret+word").send());
    all.push_back(request("POST", "/oauth2/token").form(form + "wrong").send());
    all.push_back(as_all("PUT", "/uploads/uploads/x").body("a").send());
    all.push_back(as_all("POST", "/ingests").json("{}").send());
    all.push_back(as_all("POST", "/ingests").body("{}").send());
    all.push_back(request("GET", "/storage/v1/ingests/x").send());
    all.push_back(as_mapper("GET", "/bags/other/x").send());
    all.push_back(as_all("GET", "/nothing").send());
    all.push_back(as_all("PUT", "/ingests").send());
    all.push_back(as_all("POST", "/ingests").json(std::string(2 << 20, ' ')).send());
    all.push_back(as_all("GET", "/" + std::string(9000, 'a')).send());
    catalogue.down = true;
    all.push_back(as_all("GET", "/bags/maps/x").send());
    return all;
  }
};

void collect(const json::value& value, std::set<std::string>& names) {
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      if (member.key() == "@context") continue;
      names.emplace(member.key().data(), member.key().size());
      if (member.key() == "type") {
        names.emplace(member.value().get_string().data(), member.value().get_string().size());
      } else {
        collect(member.value(), names);
      }
    }
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) collect(element, names);
  }
}

TEST_F(ContextTest, C5_EveryAnswerBeginsWithTheContext) {
  const json::object terms = request("GET", "/storage/v1/context.json").send().json().at("@context").as_object();
  std::set<int> statuses;
  for (const ApiAnswer& answer : answers()) {
    statuses.insert(answer.status);
    EXPECT_EQ(answer.text.rfind("{\"@context\":\"" + kContextUrl + "\",", 0), 0U) << answer.text;
    std::set<std::string> names;
    collect(answer.json(), names);
    for (const std::string& name : names) EXPECT_TRUE(terms.contains(name)) << name << " in " << answer.text;
  }
  EXPECT_EQ(statuses, (std::set<int>{200, 201, 400, 401, 403, 404, 405, 409, 413, 414, 415, 500}));
}

TEST_F(ContextTest, IsServedToEverybody) {
  const auto answer = request("GET", "/storage/v1/context.json").send();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "application/ld+json");
  EXPECT_EQ(answer.header("Cache-Control"), "public, max-age=86400");
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(answer.text.find('\n'), std::string::npos);
  EXPECT_EQ(answer.text_at("@context.sr"), kBase + "/ontology.ttl#");
  EXPECT_EQ(answer.text_at("@context.Status.@context.@vocab"), kBase + "/ontology.ttl#status-");
  const std::string tag = answer.header("ETag");
  EXPECT_EQ(request("GET", "/storage/v1/context.json").header("If-None-Match", tag).send().status, 304);
  EXPECT_EQ(request("GET", "/context.json").send().status, 404);
  config.json_ld_namespace = "https://terms.example.org/#";
  start();
  const auto other = request("GET", "/storage/v1/context.json").send();
  EXPECT_EQ(other.text_at("@context.sr"), "https://terms.example.org/#");
  EXPECT_NE(other.header("ETag"), tag);
}

}  // namespace
}  // namespace strongroom::test

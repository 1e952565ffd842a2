// Goal: the ontology defines every term that the context names, and nothing else; both are served to anybody (case C5,
// json-ld.md 1.2). Method: the `sr:` names of both documents are collected and compared.
#include "api/ontology.hpp"

#include <regex>
#include <set>

#include "api/api_fixture.hpp"

namespace strongroom::test {
namespace {

std::set<std::string> matches(const std::string& text, const std::string& pattern) {
  std::set<std::string> found;
  const std::regex expression(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at)
    found.insert((*at)[1].str());
  return found;
}

class OntologyTest : public ApiTest {};

TEST_F(OntologyTest, C5_AnybodyMayReadIt) {
  const ApiAnswer answer = request("GET", "/storage/v1/ontology.ttl").send();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "text/turtle; charset=utf-8");
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(answer.header("Cache-Control"), "public, max-age=86400");
  EXPECT_TRUE(answer.text.starts_with("@prefix sr: <" + kBase + "/ontology.ttl#> ."));
  const ApiAnswer again =
      request("GET", "/storage/v1/ontology.ttl").header("If-None-Match", answer.header("ETag")).send();
  EXPECT_EQ(again.status, 304);
}

TEST_F(OntologyTest, DefinesWhatTheContextNamesAndNothingElse) {
  const std::string context = request("GET", "/storage/v1/context.json").send().text;
  std::set<std::string> named = matches(context, "\"sr:([A-Za-z-]+)\"");
  // Closed lists are named by their vocabularies.
  named.merge(std::set<std::string>{"StatusCode", "IngestTypeCode", "ProviderCode", "AccessTier"});
  std::set<std::string> defined = matches(api::ontology("ns#", "doc"), "\nsr:([A-Za-z0-9-]+) a owl:");
  EXPECT_EQ(defined, named);
}

TEST_F(OntologyTest, EveryTermIsExplained) {
  const std::string text = api::ontology("ns#", "doc");
  std::size_t lines = 0;
  for (const std::string& line : matches(text, "\n(sr:[^\n]+)")) {
    ++lines;
    EXPECT_NE(line.find("rdfs:label \""), std::string::npos) << line;
    EXPECT_TRUE(line.ends_with("rdfs:isDefinedBy <doc> .")) << line;
    const bool individual = line.find(" a sr:") != std::string::npos;
    EXPECT_EQ(line.find("rdfs:comment \"") != std::string::npos, !individual) << line;
    EXPECT_EQ(line.find("Property ;") != std::string::npos, line.find("rdfs:range ") != std::string::npos) << line;
  }
  EXPECT_GT(lines, 100U);
}

}  // namespace
}  // namespace strongroom::test

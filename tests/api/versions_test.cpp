// Goal: the list of a bag's versions is that of http-api.md 5.3 (cases D3, D6, O3). Method: requests into the handler
// over a real SQLite catalogue whose versions were registered by settles.
#include "api/desk_fixture.hpp"

namespace strongroom::test {
namespace {

namespace json = boost::json;

const std::string kBase = "http://sr.test/storage/v1";

class VersionsTest : public DeskTest {
 protected:
  void store(const std::string& identifier, int number) { leave(identifier, number, VersionState::registered); }

  ApiAnswer list(const std::string& path) { return as("all", "GET", "/bags/" + path).send(); }

  /// `v3* v2 v1`: versions in order, a star at what is called the latest.
  static std::string shown(const ApiAnswer& answer) {
    if (answer.status != 200) return std::to_string(answer.status) + " " + answer.description();
    std::string text;
    const json::object document = answer.json();
    for (const json::value& one : document.at("results").as_array()) {
      const json::object& version = one.as_object();
      text += (text.empty() ? "" : " ") + std::string(version.at("version").as_string());
      if (version.contains("latest")) text += version.at("latest").as_bool() ? "*" : "?";
    }
    return text;
  }
  static std::string next_of(const ApiAnswer& answer) {
    const std::string next = answer.text_at("next").value_or("");
    return next.starts_with(kBase + "/bags/") ? next.substr((kBase + "/bags/").size()) : next;
  }
};

TEST_F(VersionsTest, D6_NewestFirstAndOnlyTheNewestIsTheLatest) {
  for (int number : {1, 2, 3}) store("SEA/1887 12", number);
  const ApiAnswer answer = list("maps/SEA/1887%2012/versions");
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_EQ(shown(answer), "v3* v2 v1");
  EXPECT_EQ(answer.text.rfind(R"({"@context":")" + kBase + R"(/context.json","type":"ResultList","results":[)", 0), 0U);
  EXPECT_FALSE(answer.json().contains("next"));
  const json::object first = answer.json().at("results").as_array().front().as_object();
  EXPECT_EQ(first.at("type").as_string(), "Bag");
  EXPECT_EQ(first.at("id").as_string(), "maps/SEA/1887 12");
  EXPECT_TRUE(parse_instant(std::string(first.at("createdDate").as_string())));
  EXPECT_EQ(first.at("url").as_string(), kBase + "/bags/maps/SEA/1887%2012?version=v3");
}

TEST_F(VersionsTest, D3_EverySpellingOfTheIdentifier) {
  store("PP/MIA 1", 1);
  for (const char* path : {"PP/MIA%201", "PP%2FMIA%201", "PP/MIA+1"}) {
    EXPECT_EQ(shown(list("maps/" + std::string(path) + "/versions")), "v1*") << path;
  }
}

TEST_F(VersionsTest, D6_Pages) {
  for (int number : {1, 2, 3}) store("x", number);
  const ApiAnswer first = list("maps/x/versions?limit=2");
  EXPECT_EQ(shown(first), "v3* v2");
  EXPECT_EQ(next_of(first), "maps/x/versions?before=v2&limit=2");
  const ApiAnswer second = list(next_of(first));
  EXPECT_EQ(shown(second), "v1");
  EXPECT_FALSE(second.json().contains("next"));
  EXPECT_EQ(next_of(list("maps/x/versions?limit=3")), "");
}

TEST_F(VersionsTest, D6_O3_Before) {
  for (int number : {1, 2, 3}) store("x", number);
  EXPECT_EQ(shown(list("maps/x/versions?before=v3")), "v2 v1");
  EXPECT_EQ(shown(list("maps/x/versions?before=v02")), "v1");
  for (const char* above : {"v4", "v99", "v2147483648", "v99999999999999999999999"}) {
    EXPECT_EQ(shown(list("maps/x/versions?before=" + std::string(above))), "v3* v2 v1") << above;
  }
  EXPECT_EQ(shown(list("maps/x/versions?before=")), "v3* v2 v1");
  for (const char* below : {"v1", "v0", "v00"}) {
    EXPECT_EQ(shown(list("maps/x/versions?before=" + std::string(below))),
              "404 No storage manifest versions found for maps/x before " + std::string(below));
  }
}

TEST_F(VersionsTest, D6_WhatIsNotThere) {
  EXPECT_EQ(shown(list("maps/x/versions?before=v3")), "404 No storage manifest versions found for maps/x");
  EXPECT_EQ(shown(list("maps/-x/versions")), "404 No storage manifest versions found for maps/-x");
  // Reserved and left over: not versions of the bag for anybody else.
  leave("x", 1, VersionState::left_over);
  EXPECT_EQ(shown(list("maps/x/versions")), "404 No storage manifest versions found for maps/x");
  store("x", 2);
  leave("x", 3, VersionState::left_over);
  EXPECT_EQ(shown(list("maps/x/versions")), "v2*");
}

TEST_F(VersionsTest, D6_FaultsAreToldAtOnce) {
  store("x", 1);
  EXPECT_EQ(shown(list("maps/x/versions?before=x")), "400 Cannot parse version string: x");
  EXPECT_EQ(shown(list("maps/x/versions?before=1&limit=0")),
            "400 Invalid value in query parameter limit: got \"0\", must be a whole number from 1 to 1000.\n"
            "Cannot parse version string: 1");
  EXPECT_EQ(list("maps/x/versions?limit=5&limit=6").status, 400);
  EXPECT_EQ(as("mapper", "GET", "/bags/maps/x/versions").send().status, 403);
  EXPECT_EQ(as("all", "POST", "/bags/maps/x/versions").send().status, 405);
}

}  // namespace
}  // namespace strongroom::test

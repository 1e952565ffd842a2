// Goal: restores are asked for and looked at as http-api.md 9.5 says, by those who may. Method: requests into the
// handler over a real SQLite catalogue.
#include "api/desk_fixture.hpp"

namespace strongroom::test {
namespace {

namespace json = boost::json;

class RestoresTest : public DeskTest {
 protected:
  void archive(const std::string& identifier, int number) {
    const BagId bag{Space::parse("maps").value(), ExternalIdentifier::parse(identifier).value()};
    ASSERT_TRUE(catalogue->remember(archived_fact("second", bag, Version(number)), "archive"));
  }
  ApiAnswer ask(const std::string& path, const std::string& client = "all") {
    return as(client, "POST", "/bags/" + path).send();
  }
  ApiAnswer get(const std::string& id, const std::string& client = "all") {
    return as(client, "GET", "/restores/" + id).send();
  }
  static void expect_fault(const ApiAnswer& answer, int status, const std::string& description) {
    EXPECT_EQ(answer.status, status) << answer.text;
    EXPECT_EQ(answer.description(), description);
  }
};

TEST_F(RestoresTest, AskedForAndLookedAt) {
  for (const int number : {1, 2}) leave("SEA/1887 12", number, VersionState::registered);
  archive("SEA/1887 12", 1);
  const ApiAnswer asked = ask("maps/SEA/1887%2012/restore?version=v1");
  ASSERT_EQ(asked.status, 202) << asked.text;
  const json::object document = asked.json();
  const std::string id(document.at("id").as_string());
  EXPECT_EQ(asked.header("Location"), "http://sr.test/storage/v1/restores/" + id);
  EXPECT_EQ(asked.header("Retry-After"), "60");
  EXPECT_EQ(document.at("type"), "Restore");
  EXPECT_EQ(json::serialize(document.at("bag")), R"({"id":"maps/SEA/1887 12","type":"Bag"})");
  EXPECT_EQ(document.at("version"), "v1");
  EXPECT_EQ(document.at("locationLabel"), "second copy");
  EXPECT_EQ(document.at("requestedBy"), "all");
  EXPECT_EQ(document.at("state"), "asking");
  EXPECT_EQ(document.at("filesTotal"), 3);
  EXPECT_EQ(document.at("filesReady"), 0);
  EXPECT_FALSE(document.contains("readyBy"));
  EXPECT_FALSE(document.contains("expires"));
  EXPECT_EQ(get(id).text, asked.text);
  // Asked for again it is the same one, and nothing is done twice.
  EXPECT_EQ(ask("maps/SEA/1887%2012/restore?version=v1&location=second").text, asked.text);
  EXPECT_EQ(catalogue->open_restores("second")->size(), 1U);
  const std::string deed = catalogue->audit_after(0, 100)->back().line;
  EXPECT_NE(deed.find("restore.requested"), std::string::npos) << deed;
  EXPECT_NE(deed.find("maps/SEA/1887 12 v1 in second copy"), std::string::npos) << deed;
}

TEST_F(RestoresTest, HowFarItHasComeIsShown) {
  leave("b", 1, VersionState::registered);
  archive("b", 1);
  const std::string id(ask("maps/b/restore").json().at("id").as_string());
  Restore restore = **catalogue->find_restore(id);
  restore.state = RestoreState::waiting;
  restore.files_asked = 3;
  restore.files_ready = 1;
  restore.ready_by = parse_instant("2024-05-01T15:00:00Z");
  restore.detail = "S3 answered 503 SlowDown";
  ASSERT_TRUE(catalogue->save_restore(restore));
  json::object document = get(id).json();
  EXPECT_EQ(document.at("filesAsked"), 3);
  EXPECT_EQ(document.at("filesReady"), 1);
  EXPECT_EQ(document.at("readyBy"), "2024-05-01T15:00:00.000000Z");
  EXPECT_EQ(document.at("detail"), "S3 answered 503 SlowDown");
  restore.state = RestoreState::ready;
  restore.expires = parse_instant("2024-05-08T15:00:00Z");
  restore.detail.clear();
  ASSERT_TRUE(catalogue->save_restore(restore));
  const ApiAnswer ready = get(id);
  EXPECT_EQ(ready.json().at("expires"), "2024-05-08T15:00:00.000000Z");
  EXPECT_FALSE(ready.json().contains("detail"));
  EXPECT_EQ(ready.header("Retry-After"), "");
}

TEST_F(RestoresTest, WhatCanBeReadNeedsNone) {
  for (const int number : {1, 2}) leave("b", number, VersionState::registered);
  archive("b", 1);
  expect_fault(ask("maps/b/restore"), 409, "maps/b v2 is not in an archive tier: its files can be read as they are");
  expect_fault(ask("maps/b/restore?version=v1&location=primary"), 409,
               "maps/b v1 is not in an archive tier of primary: its files can be read as they are");
  EXPECT_TRUE(catalogue->open_restores("second")->empty());
}

TEST_F(RestoresTest, Refusals) {
  leave("b", 1, VersionState::registered);
  archive("b", 1);
  expect_fault(ask("maps/b/restore?location=attic"), 400,
               "Unrecognised value in query parameter location: got \"attic\", valid values are: primary, second.");
  expect_fault(ask("maps/none/restore"), 404, "Storage manifest maps/none not found");
  expect_fault(ask("maps/b/restore?version=v7"), 404, "Storage manifest maps/b v7 not found");
  EXPECT_EQ(ask("maps/b/restore?days=3").status, 400);
  EXPECT_EQ(ask("maps/b/restore", "mapper").status, 403);
  EXPECT_EQ(as("all", "GET", "/bags/maps/b/restore").send().status, 405);
  expect_fault(get("5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11"), 404,
               "Restore 5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11 not found");
  // An operator of another space sees nothing of it.
  add_client("painter", {"operator"}, std::vector<std::string>{"paintings"});
  const std::string id(ask("maps/b/restore").json().at("id").as_string());
  EXPECT_EQ(get(id, "painter").status, 404);
  EXPECT_EQ(ask("maps/b/restore", "painter").status, 403);
}

}  // namespace
}  // namespace strongroom::test

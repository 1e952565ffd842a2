// Clients as they are shown and changed: which grants come of granting and revoking.
#include "cli/client_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strongroom::cli {
namespace {

using ::testing::HasSubstr;
using Texts = std::vector<std::string>;

const Grant kRead{"bags:read", std::nullopt};
const Grant kReadMaps{"bags:read", Texts{"maps"}};
const Grant kReadBoth{"bags:read", Texts{"maps", "charts"}};

TEST(ClientGrantsTest, Granting) {
  struct Case {
    std::vector<Grant> before;
    Texts scopes;
    Texts spaces;
    std::vector<Grant> after;
  };
  const Case cases[] = {
      {{}, {"bags:read"}, {}, {kRead}},
      {{}, {"bags:read", "bags:read"}, {"maps", "maps"}, {kReadMaps}},
      {{kReadMaps}, {"bags:read"}, {"charts"}, {kReadBoth}},
      {{kReadMaps}, {"bags:read"}, {}, {kRead}},
      {{kRead}, {"bags:read"}, {"maps"}, {kRead}},
      {{kRead}, {"operator"}, {}, {kRead, Grant{"operator", std::nullopt}}},
  };
  for (const Case& c : cases) EXPECT_EQ(with_grants(c.before, c.scopes, c.spaces), c.after);
}

TEST(ClientGrantsTest, Revoking) {
  EXPECT_EQ(without_grants({kRead}, {"bags:read"}, {}).value(), std::vector<Grant>());
  EXPECT_EQ(without_grants({kReadBoth}, {"bags:read"}, {"charts"}).value(), std::vector<Grant>{kReadMaps});
  EXPECT_EQ(without_grants({kReadMaps}, {"bags:read"}, {"maps"}).value(), std::vector<Grant>());
  EXPECT_THAT(without_grants({kRead}, {"bags:read"}, {"maps"}).error().what, HasSubstr("granted for any space"));
  EXPECT_THAT(without_grants({kRead}, {"operator"}, {}).error().what, HasSubstr("does not have the scope operator"));
}

TEST(ClientViewTest, TextAndJson) {
  const ClientAccount account{*ClientId::parse("goobi-1"), "G\"o", {"old", "new"}, {kReadMaps}, true, instant_of(0)};
  EXPECT_EQ(client_json(account, "s"),
            R"({"client_id":"goobi-1","client_secret":"s","name":"G\"o","created":"1970-01-01T00:00:00.000000Z",)"
            R"("disabled":true,"secrets":2,"grants":[{"scope":"bags:read","spaces":["maps"]}]})");
  const std::string text = client_text(account, Paint(false));
  for (const char* part : {"client_id:     goobi-1\n", "scopes:        bags:read\n", "spaces:        maps\n",
                           "disabled:      yes\n", "a rotation is under way"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, ::testing::Not(HasSubstr("secret is not kept")));
  for (const std::string& shown : {text, client_json(account)}) {
    EXPECT_THAT(shown, ::testing::Not(::testing::AnyOf(HasSubstr("old"), HasSubstr("\"new"))));
  }
  EXPECT_EQ(grants_text({}), "nothing");
  ClientAccount mixed = account;
  mixed.grants.push_back({"operator", std::nullopt});
  EXPECT_THAT(client_text(mixed, Paint(false)), HasSubstr("scopes:        bags:read (maps) operator\n"));
}

}  // namespace
}  // namespace strongroom::cli

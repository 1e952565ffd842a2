// Goal: names and texts of what providers answer, and nothing of what is no XML. Method: small documents.
#include "adapters/cloud/xml.hpp"

#include <gtest/gtest.h>

namespace strongroom::cloud {
namespace {

TEST(XmlTest, GivesNamesAndTexts) {
  const auto root = parse_xml(
      "<?xml version=\"1.0\"?><!-- x --><s:List xmlns:s=\"urn:x\"><Key a=\"1\">a&amp;b &#233;</Key><Empty/>"
      "<Blank> </Blank><In><Key><![CDATA[<c>]]></Key></In></s:List>");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->name, "List");
  EXPECT_EQ(root->text_of("Key"), "a&b \xC3\xA9");
  EXPECT_EQ(root->text_of("Empty"), "");
  EXPECT_EQ(root->text_of("Blank"), " ");
  EXPECT_EQ(root->text_of("Absent"), "");
  EXPECT_EQ(root->child("Absent"), nullptr);
  ASSERT_NE(root->child("In"), nullptr);
  EXPECT_EQ(root->child("In")->text_of("Key"), "<c>");
}

TEST(XmlTest, RefusesWhatIsNone) {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<a>";
  for (int i = 0; i < 1000; ++i) deep += "</a>";
  for (const std::string& text : {std::string(), std::string("{}"), std::string("<a>"), std::string("<a></b>"), deep}) {
    EXPECT_FALSE(parse_xml(text)) << text.substr(0, 20);
  }
}

}  // namespace
}  // namespace strongroom::cloud

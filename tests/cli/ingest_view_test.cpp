// What is read of the service's documents; and what is not a document gives nothing.
#include "cli/ingest_view.hpp"

#include <gtest/gtest.h>

namespace strongroom::cli {
namespace {

TEST(IngestViewTest, AnIngest) {
  const auto view = read_ingest(
      R"({"@context":"x","id":"5b1f","type":"Ingest","bag":{"id":"maps/b1","version":"v2"},"status":{"id":"processing"},)"
      R"("events":[{"createdDate":"2024","description":"one"},7,{"createdDate":"2025","description":"two"}],)"
      R"("progress":[{"step":"unpacking","bytesDone":5,"bytesTotal":10},{"step":"other","bytesDone":-1}]})");
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->id, "5b1f");
  EXPECT_EQ(view->status, "processing");
  EXPECT_EQ(view->bag, "maps/b1");
  EXPECT_EQ(view->version, "v2");
  EXPECT_FALSE(view->has_ended());
  ASSERT_EQ(view->events.size(), 2U);
  EXPECT_EQ(view->events[1].created, "2025");
  EXPECT_EQ(view->events[1].description, "two");
  ASSERT_EQ(view->progress.size(), 2U);
  EXPECT_EQ(view->progress[0].step, "unpacking");
  EXPECT_EQ(view->progress[0].amount.done, 5U);
  EXPECT_EQ(view->progress[0].amount.total, 10U);
  EXPECT_EQ(view->progress[1].amount.done, 0U);
  EXPECT_FALSE(view->progress[1].amount.total.has_value());
}

TEST(IngestViewTest, Ends) {
  for (const char* status : {"succeeded", "failed"}) {
    const auto view = read_ingest(std::string(R"({"id":"5b1f","type":"Ingest","status":{"id":")") + status + "\"}}");
    ASSERT_TRUE(view.has_value());
    EXPECT_TRUE(view->has_ended());
  }
}

TEST(IngestViewTest, ARetryIsNotTheEnd) {
  const auto view = read_ingest(R"({"id":"a","type":"Ingest","status":{"id":"failed"},"retrying":true})");
  ASSERT_TRUE(view.has_value());
  EXPECT_FALSE(view->has_ended());
}

TEST(IngestViewTest, TroubleIsTheLastWord) {
  const auto troubled = [](const std::string& description) {
    IngestView view;
    view.events = {{"", "Unpacking started"}, {"", description}};
    return view.is_troubled();
  };
  EXPECT_TRUE(troubled("Replicating to vault retrying"));
  EXPECT_TRUE(troubled("Verification (pre-replicating to archive storage) retrying - the network timed out"));
  EXPECT_FALSE(troubled("Unpacking succeeded"));
  EXPECT_FALSE(troubled("Unpacking failed - it was not worth retrying"));
  EXPECT_FALSE(IngestView().is_troubled());
}

TEST(IngestPageTest, ItemsAndNext) {
  const auto page = read_ingest_page(
      R"({"@context":"c","type":"ResultList","results":[{"id":"a","type":"Ingest","status":{"id":"failed"},"x":1.50}],)"
      R"("next":"https://elsewhere.example.org/v1/ingests?limit=1&cursor=abc"})");
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->context, "c");
  ASSERT_EQ(page->items.size(), 1U);
  EXPECT_EQ(page->documents[0], R"({"id":"a","type":"Ingest","status":{"id":"failed"},"x":1.50})");
  EXPECT_EQ(page->next, "limit=1&cursor=abc") << "tokens go to the URL that was given, never to one in an answer";
  EXPECT_EQ(read_ingest_page(R"({"type":"ResultList","results":[]})")->next, "");
  for (const char* text : {"", "{}", R"({"type":"ResultList","results":[{}]})", R"({"type":"Ingest"})"}) {
    EXPECT_FALSE(read_ingest_page(text).has_value()) << text;
  }
}

TEST(IngestViewTest, OtherDocumentsAreNone) {
  for (const char* text : {"", "[]", "{}", "null", "{\"type\":\"Ingest\"}", "{\"type\":\"Ingest\",\"id\":\"a\"}",
                           R"({"type":"Bag","id":"a","status":{"id":"failed"}})", "<html>", "{\"type\":\"Ingest\""}) {
    EXPECT_FALSE(read_ingest(text).has_value()) << text;
  }
}

TEST(IngestViewTest, Errors) {
  EXPECT_EQ(read_error(R"({"label":"Not Found","description":"Ingest x not found"})"), "Not Found: Ingest x not found");
  EXPECT_EQ(read_error(R"({"label":"Internal Server Error"})"), "Internal Server Error");
  EXPECT_EQ(read_error(R"({"error":"invalid_client","error_description":"wrong secret"})"), "wrong secret");
  EXPECT_EQ(read_error("<html>"), "");
}

TEST(IngestViewTest, Tokens) {
  EXPECT_EQ(read_token(R"({"access_token":"abc"})"), "abc");
  EXPECT_FALSE(read_token(R"({"access_token":""})").has_value());
  EXPECT_FALSE(read_token("{}").has_value());
}

}  // namespace
}  // namespace strongroom::cli

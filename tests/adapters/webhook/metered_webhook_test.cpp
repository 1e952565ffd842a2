// Goal: posts are counted by the name of where they go, those without an answer apart from the others (transfers.md
// 16.3).
// Method: a webhook that answers as told.
#include "adapters/webhook/metered_webhook.hpp"

#include <gtest/gtest.h>

#include "support/counting_metrics.hpp"

namespace strongroom::webhook {
namespace {

using Kind = WebhookAnswer::Kind;

class ToldWebhook final : public Webhook {
 public:
  explicit ToldWebhook(const Kind& kind) : kind_(kind) {}
  WebhookAnswer post(const std::string& json, const HttpHeaders& more) override {
    return {.kind = kind_, .body = json + (more.empty() ? "" : more.front().second)};
  }

 private:
  const Kind& kind_;
};

TEST(MeteredWebhookTest, PostsAreCountedByHowTheyEnded) {
  test::CountingMetrics metrics;
  Kind kind = Kind::accepted;
  MeteredWebhook webhook(std::make_unique<ToldWebhook>(kind), "report webhook", metrics);
  const auto count = [&](const std::string& outcome) {
    return metrics.counts["strongroom_transfer_calls_total report webhook " + outcome];
  };
  EXPECT_EQ(webhook.post("{}", {{"a", "b"}}).body, "{}b");
  kind = Kind::refused;
  EXPECT_EQ(webhook.post("{}").kind, Kind::refused);
  EXPECT_EQ(count("succeeded"), 2);
  for (const Kind failure : {Kind::retry, Kind::barred}) {
    kind = failure;
    EXPECT_EQ(webhook.post("{}").kind, failure);
  }
  EXPECT_EQ(count("succeeded"), 2);
  EXPECT_EQ(count("failed"), 2);
}

}  // namespace
}  // namespace strongroom::webhook

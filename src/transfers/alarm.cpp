#include "transfers/alarm.hpp"

#include "base/json_text.hpp"

namespace strongroom::transfers {
namespace {

constexpr Duration kRepeat = std::chrono::hours(24);

}  // namespace

TransferNotice Alarm::notice_of(const std::string& problem, const std::string& description, bool over) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().member("type", "OperatorAlert").member("problem", problem);
  if (!description.empty()) writer.member("description", description);
  writer.member("over", over).member("createdDate", format_instant(needs_.clock.now())).end_object();
  return {random_uuid(needs_.entropy), "", std::move(body)};
}

void Alarm::post(const std::string& text) {
  if (needs_.webhook == nullptr) return;
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().member("text", text).end_object();
  const WebhookAnswer answer = needs_.webhook->post(body);
  if (answer.kind == WebhookAnswer::Kind::accepted) return;
  needs_.journal.write(LogLevel::error, "alert_not_posted", {{"error", answer.message}});
}

void Alarm::raise(const std::string& problem, const std::string& description) {
  const Result<bool> told = needs_.transfers.tell_alert(problem, description, notice_of(problem, description, false),
                                                        needs_.clock.now(), kRepeat);
  if (told && !*told) return;
  needs_.journal.write(LogLevel::error, "operator_alert", {{"problem", problem}, {"description", description}});
  if (!told) {
    needs_.journal.write(LogLevel::error, "alert_not_kept", {{"error", told.error().text()}});
    return;
  }
  post("Strongroom: " + description);
}

void Alarm::over(const std::string& problem) {
  const Result<bool> ended = needs_.transfers.end_alert(problem, notice_of(problem, "", true), needs_.clock.now());
  if (!ended || !*ended) return;
  needs_.journal.write(LogLevel::info, "operator_alert_over", {{"problem", problem}});
  post("Strongroom: over: " + problem);
}

}  // namespace strongroom::transfers

#include "transfers/alarm.hpp"

#include <utility>

#include "base/json_text.hpp"

namespace strongroom::transfers {
namespace {

constexpr Duration kRepeat = std::chrono::hours(24);
/// Between attempts at a webhook that does not answer: each may hold a worker for half a minute.
constexpr Duration kPostAgain = std::chrono::minutes(5);

/// Its value: when the alert is to be posted again; empty when none is owed.
std::string debt_of(const std::string& problem) { return "alert to post " + problem; }

std::string text_of(const std::string& description) { return "Strongroom: " + description; }

}  // namespace

TransferNotice Alarm::notice_of(const std::string& problem, const std::string& description, bool over) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().member("type", "OperatorAlert").member("problem", problem);
  if (!description.empty()) writer.member("description", description);
  writer.member("over", over).member("createdDate", format_instant(needs_.clock.now())).end_object();
  return {random_uuid(needs_.entropy), "", std::move(body)};
}

bool Alarm::post(const std::string& text) {
  if (needs_.webhook == nullptr) return true;
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().member("text", text).end_object();
  const WebhookAnswer answer = needs_.webhook->post(body);
  if (answer.kind == WebhookAnswer::Kind::accepted) return true;
  needs_.journal.write(LogLevel::error, "alert_not_posted", {{"error", answer.message}});
  return false;
}

void Alarm::post_or_owe(const std::string& problem, const std::string& text) {
  const std::string next = post(text) ? std::string() : format_instant(needs_.clock.now() + kPostAgain);
  if (owed(problem) != next) owe(problem, next);
}

std::string Alarm::owed(const std::string& problem) {
  auto owed = needs_.transfers.transfer_fact(debt_of(problem));
  if (owed) return std::move(*owed);
  not_kept(owed.error());
  return {};
}

void Alarm::owe(const std::string& problem, const std::string& when) {
  const Result<void> kept = needs_.transfers.set_transfer_fact(debt_of(problem), when);
  if (!kept) not_kept(kept.error());
}

void Alarm::not_kept(const Error& error) {
  needs_.journal.write(LogLevel::error, "alert_not_kept", {{"error", error.text()}});
}

void Alarm::pay(const std::string& problem, const std::string& text) {
  if (needs_.webhook == nullptr) return;
  const std::string next = owed(problem);
  if (next.empty()) return;
  const auto due = parse_instant(next);
  if (due && *due > needs_.clock.now()) return;
  post_or_owe(problem, text);
}

void Alarm::raise(const std::string& problem, const std::string& description) {
  const Result<bool> told = needs_.transfers.tell_alert(problem, description, notice_of(problem, description, false),
                                                        needs_.clock.now(), kRepeat);
  if (told && !*told) return pay(problem, text_of(description));
  needs_.journal.write(LogLevel::error, "operator_alert", {{"problem", problem}, {"description", description}});
  if (!told) return not_kept(told.error());
  post_or_owe(problem, text_of(description));
}

void Alarm::over(const std::string& problem) {
  const Result<bool> ended = needs_.transfers.end_alert(problem, notice_of(problem, "", true), needs_.clock.now());
  if (!ended || !*ended) return;
  needs_.journal.write(LogLevel::info, "operator_alert_over", {{"problem", problem}});
  // One that was never posted is nothing that anybody there has heard of.
  if (!owed(problem).empty()) return owe(problem, "");
  post(text_of("over: " + problem));
}

}  // namespace strongroom::transfers

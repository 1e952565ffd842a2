#include "transfers/in_hand.hpp"

#include <algorithm>

#include "transfers/feedback.hpp"
#include "transfers/package_problems.hpp"
#include "transfers/record_view.hpp"

namespace strongroom::transfers {
namespace {

/// A package that waits is looked at then, so that its notice of delay comes in time (transfers.md 5.2).
constexpr Duration kNoticeAfter = std::chrono::minutes(2);

}  // namespace

std::string place_of(const Transfer& transfer) { return transfer.area + ": " + transfer.key; }

Result<void> InHand::keep(std::string_view remark) {
  Transfer& transfer = record();
  transfer.modified = std::max(now(), transfer.modified);
  transfer.due = now();
  TransferSave save{.transfer = transfer, .fence = claim_.fence};
  if (!remark.empty()) {
    transfer.remarks.push_back({std::string(remark), transfer.modified});
    save.transfer = transfer;
    save.notice = TransferNotice{random_uuid(needs.entropy), transfer.expected_space, record_view(transfer)};
  }
  return needs.transfers.save_transfer(save, now());
}

Result<void> InHand::let_go() {
  record().due = wake_;
  return needs.transfers.save_transfer({record(), claim_.fence, std::nullopt, true}, now());
}

Result<void> InHand::renew() { return needs.transfers.renew_transfer(record().id, claim_.fence, now() + kHold); }

Result<Next> InHand::become(TransferState state, std::string_view remark) {
  record().state = state;
  record().delay.reset();
  end_alerts();
  TRY_VOID(keep(remark));
  needs.journal.write(LogLevel::info, "transfer_" + std::string(name_of(state)),
                      {{"transfer", record().id}, {"package", place_of(record())}});
  return Next::again;
}

Result<Next> InHand::delay(const Trouble& trouble) {
  Transfer& transfer = record();
  const bool is_news = !transfer.delay || transfer.delay->cause != trouble.cause;
  transfer.delay = delayed_again(transfer.delay, trouble, now(), random_fraction(needs.entropy));
  if (is_given_up(*transfer.delay, settings.retry_for, now())) {
    const bool only_busy = transfer.submission && transfer.submission->conflicts_only >= transfer.delay->attempts;
    if (only_busy) {
      constexpr const char* kWhy =
          "Archivematica kept answering that an earlier request for this package was still under way; look in its "
          "dashboard before a new submission is ordered";
      alert_once(package_problem::kUncertain, kWhy);
      return fail(transfer_reason::kUncertain, kWhy);
    }
    return fail(transfer_reason::kGaveUp, "given up: " + trouble.cause);
  }
  const Instant notice = transfer.delay->since + kNoticeAfter;
  wait_until(notice <= now() ? transfer.delay->next_attempt : std::min(transfer.delay->next_attempt, notice));
  TRY_VOID(keep(is_news ? "Delayed: " + trouble.cause : ""));
  if (is_news) {
    needs.journal.write(LogLevel::warning, "transfer_delayed",
                        {{"transfer", transfer.id}, {"package", place_of(transfer)}, {"cause", trouble.cause}});
  }
  return Next::wait;
}

Result<Next> InHand::trouble(const Error& error, const std::string& remote) {
  if (error.act == Act::rejected && error.reason == Reason::conflict) {
    return fail(transfer_reason::kReplaced, "another file was put in its place while it was being worked on");
  }
  if (error.act == Act::rejected && error.reason == Reason::not_found) {
    return fail(transfer_reason::kVanished, "it was removed while it was being worked on");
  }
  const bool operators = error.act == Act::broken;
  if (operators) needs.alarm.raise(remote, error.what);
  return delay({.cause = error.what, .operator_problem = operators});
}

Result<Next> InHand::fail(std::string_view code, std::string_view description) {
  Transfer& transfer = record();
  transfer.reason = TransferReason{std::string(code), std::string(description)};
  // Its successor is answered.
  transfer.resolved = code == transfer_reason::kReplaced;
  compose_failed(*this, std::string(description));
  return become(TransferState::failed, "Failed: " + std::string(description));
}

Next InHand::wait_until(Instant due) {
  wake_ = due;
  return Next::wait;
}

std::string InHand::problem_of(std::string_view what) { return "transfer " + record().id + " " + std::string(what); }

void InHand::alert_once(std::string_view what, const std::string& description) {
  std::vector<std::string>& told = record().alerted;
  if (std::ranges::find(told, what) != told.end()) return;
  told.emplace_back(what);
  needs.alarm.raise(problem_of(what), place_of(record()) + ": " + description);
}

void InHand::end_alerts() {
  std::erase_if(record().alerted, [this](const std::string& what) {
    if (lasts(record(), what)) return false;
    needs.alarm.over(problem_of(what));
    return true;
  });
}

}  // namespace strongroom::transfers

#include "transfers/steering.hpp"

#include <algorithm>

#include "transfers/idempotency_key.hpp"

namespace strongroom::transfers {
namespace {

Error refused(std::string why) { return rejected(std::move(why), {}, Reason::conflict); }

/// With a sentence about it.
Transfer& told(Transfer& transfer, std::string sentence, Instant now) {
  transfer.modified = std::max(now, transfer.modified);
  transfer.remarks.push_back({std::move(sentence), transfer.modified});
  return transfer;
}

/// In the queue again, and in the reports.
void begin_again(Transfer& transfer, Instant now) {
  transfer.state = TransferState::received;
  transfer.delay.reset();
  transfer.reason.reset();
  transfer.findings.clear();
  transfer.dismissed.reset();
  transfer.resolved = false;
  transfer.reported_gone = false;
  transfer.due = now;
}

/// What may have arrived is replayed byte for byte (transfers.md 10.3); anything else is composed afresh.
void keep_what_was_sent(Transfer& transfer) {
  if (!transfer.submission) return;
  if (transfer.submission->may_have_arrived) {
    transfer.submission->conflicts_only = 0;
  } else {
    transfer.submission.reset();
  }
}

/// Archivematica may hold a transfer of it.
bool is_beyond(const Transfer& transfer) {
  const bool uncertain = transfer.reason && transfer.reason->code == transfer_reason::kUncertain;
  return uncertain || transfer.accepted || transfer.archivematica;
}

std::string transfer_there(const Transfer& transfer) {
  if (!transfer.archivematica) return "Archivematica may hold a transfer of it";
  return "Archivematica accepted it as transfer " + transfer.archivematica->transfer_id;
}

/// A second transfer under a key of its own.
void submit_anew(Transfer& transfer, Instant now) {
  begin_again(transfer, now);
  transfer.resubmission += 1;
  const TransferEvent& event = transfer.event;
  transfer.idempotency_key =
      idempotency_key({transfer.bucket, event.name, transfer.key, event.sequencer, event.version_id},
                      static_cast<std::uint64_t>(transfer.resubmission));
  transfer.submission.reset();
  transfer.archivematica.reset();
  transfer.accepted.reset();
  transfer.tagged = false;
  transfer.object_lost = false;
}

Result<Transfer> retried_failed(Transfer transfer, bool new_submission, const std::string& by, Instant now) {
  if (!is_beyond(transfer)) {
    begin_again(transfer, now);
    keep_what_was_sent(transfer);
    return told(transfer, "Received again, as " + by + " ordered", now);
  }
  const std::string there = transfer_there(transfer);
  if (!new_submission) {
    return refused(there + "; if a second transfer is wanted all the same, a new submission must be ordered");
  }
  submit_anew(transfer, now);
  return told(transfer, "Received again for a new submission under another key, as " + by + " ordered; " + there, now);
}

}  // namespace

Result<Transfer> retried(const Transfer& before, bool new_submission, std::string_view by, Instant now) {
  Transfer transfer = before;
  const std::string who(by);
  switch (transfer.state) {
    case TransferState::stored:
      return refused("it is stored");
    case TransferState::accepted:
    case TransferState::processing:
      return refused("Archivematica is working on it");
    case TransferState::failed:
      return retried_failed(std::move(transfer), new_submission, who, now);
    case TransferState::rejected:
      begin_again(transfer, now);
      keep_what_was_sent(transfer);
      return told(transfer, "Received again, as " + who + " ordered: it is checked once more", now);
    case TransferState::received:
    case TransferState::checking:
    case TransferState::submitting:
      break;
  }
  if (transfer.held) {
    transfer.held = false;
    transfer.dismissed.reset();
    transfer.due = now;
    return told(transfer, "No longer held, as " + who + " ordered", now);
  }
  if (!transfer.delay) return refused("it is being worked on already");
  transfer.delay->next_attempt = now;
  transfer.due = now;
  return told(transfer, "Tried again now, as " + who + " ordered", now);
}

Result<Transfer> dismissed(const Transfer& before, std::string_view reason, std::string_view by, Instant now,
                           Duration overdue_after) {
  const bool blank = std::ranges::all_of(reason, [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
  if (blank) return rejected("a reason must be given");
  const bool there = before.state == TransferState::accepted || before.state == TransferState::processing;
  const bool overdue = there && before.accepted.value_or(before.created) + overdue_after <= now;
  const bool open = before.state == TransferState::rejected || before.state == TransferState::failed || before.held;
  if (!open && !overdue) {
    return refused("it is neither rejected, failed, held nor overdue: its status is " +
                   std::string(name_of(before.state)));
  }
  Transfer transfer = before;
  transfer.dismissed = TransferDismissal{std::string(by), now, std::string(reason)};
  // A worker tells operators what is over with it.
  if (!transfer.alerted.empty()) transfer.due = now;
  return told(transfer, "Dismissed by " + std::string(by) + ": " + std::string(reason), now);
}

}  // namespace strongroom::transfers

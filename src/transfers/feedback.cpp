#include "transfers/feedback.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "transfers/feedback_log.hpp"
#include "transfers/log_keys.hpp"
#include "transfers/object_text.hpp"
#include "transfers/package_problems.hpp"
#include "transfers/quiet_rule.hpp"
#include "transfers/tags.hpp"

namespace strongroom::transfers {
namespace {

/// A delay that lasts as long is told beside the package.
constexpr Duration kDelayTold = std::chrono::minutes(2);
/// A package without a verdict for so long is slow.
constexpr Duration kSlowAfter = std::chrono::seconds(10);
/// Texts of one notice that are looked for below each other where versions are kept.
constexpr int kLooks = 50;
/// A notice is much shorter.
constexpr std::uint64_t kNoticeMax = 1U << 20U;
constexpr std::string_view kFirstWords = "@@ Logging starts at ";

LogLayout layout_of(const WalkSettings& settings) { return {settings.feedback_prefix, settings.safe_names}; }

LogFrame frame_of(const InHand& hand, const Transfer& transfer) {
  return {transfer.key, transfer.bound ? transfer.bound->size : 0, transfer.created, hand.now()};
}

TransferLog* log_of(Transfer& transfer, LogResult result) {
  const auto found = std::ranges::find(transfer.logs, name_of(result), &TransferLog::result);
  return found == transfer.logs.end() ? nullptr : &*found;
}

/// Takes the place of an earlier log of the same result: it has the same key.
void fix(InHand& hand, LogResult result, std::string text) {
  Transfer& transfer = hand.record();
  TransferLog log{
      .result = std::string(name_of(result)),
      .key = log_key(layout_of(hand.settings), transfer.key, result, transfer.event.time, transfer.idempotency_key),
      .text = std::move(text)};
  if (TransferLog* earlier = log_of(transfer, result)) {
    // A new submission has a key of its own, and the earlier log stays where it is.
    if (earlier->key == log.key) {
      *earlier = std::move(log);
      return;
    }
  }
  transfer.logs.insert(transfer.logs.begin(), std::move(log));
}

bool is_notice(const TransferLog& log) {
  return log.result == name_of(LogResult::received) || log.result == name_of(LogResult::delayed);
}

/// Received, checking, submitting: an answer is still to come.
bool is_open(TransferState state) {
  return state == TransferState::received || state == TransferState::checking || state == TransferState::submitting;
}

PackageIdentifiers identifiers_of(const Transfer& transfer) {
  PackageIdentifiers identifiers;
  if (!transfer.catalogue_identifier.empty()) identifiers.catalogue_identifier = transfer.catalogue_identifier;
  if (!transfer.accession_number.empty()) identifiers.accession_number = transfer.accession_number;
  return identifiers;
}

/// The bag that it becomes; Archivematica prefers the catalogue's.
const std::string& bag_identifier_of(const WalkSettings& settings, const Transfer& transfer) {
  const Prefix* prefix = find_prefix(settings.prefixes, transfer.key);
  const bool accession = prefix != nullptr && prefix->flavour == Flavour::accession;
  return accession && transfer.catalogue_identifier.empty() ? transfer.accession_number : transfer.catalogue_identifier;
}

/// What stands at the key of a notice, which has the package's own idempotency key in it, if it reads like one.
Result<std::optional<AreaObject>> find_notice(TransferArea& store, const std::string& key) {
  TRY(auto there, store.stat(key));
  if (!there || there->size > kNoticeMax) return std::optional<AreaObject>();
  auto text = read_text(store, *there);
  if (!text && text.error().act != Act::rejected) return text.error();
  if (!text || !text->starts_with(kFirstWords)) there.reset();
  return there;
}

AreaTags acceptance_tags(const Transfer& transfer) {
  return tags_of(transfer.archivematica->transfer_id, transfer.archivematica->processing_config,
                 identifiers_of(transfer), transfer.event.time);
}

}  // namespace

CheckReport report_of(const Transfer& transfer) {
  CheckReport report;
  for (const Finding& finding : transfer.findings) report.add(finding);
  return report;
}

void compose_rejected(InHand& hand, const CheckReport& report) {
  fix(hand, LogResult::failed, rejected_log(frame_of(hand, hand.record()), report));
}

void compose_failed(InHand& hand, const std::string& detail) {
  const Transfer& transfer = hand.record();
  const auto reason = parse_failure_reason(transfer.reason->code);
  if (!reason || !has_log(*reason)) return;
  const CheckReport report = report_of(transfer);
  const bool checked = !is_open(transfer.state) || transfer.state == TransferState::submitting;
  const std::string transfer_id = transfer.archivematica ? transfer.archivematica->transfer_id : "";
  fix(hand, LogResult::failed,
      failed_log(frame_of(hand, transfer), *reason, detail, checked ? &report : nullptr, transfer_id));
}

void Feedback::note(const Error& error, const std::string& key) {
  hand_.needs.journal.write(LogLevel::warning, "feedback_not_written",
                            {{"transfer", hand_.record().id}, {"key", key}, {"error", error.text()}});
}

bool Feedback::wants_notices() const { return hand_.settings.notices != Notices::never; }

std::optional<Instant> Feedback::notice_due() const {
  const Transfer& transfer = hand_.record();
  const bool may_be_sent = transfer.submission && transfer.submission->first_sent;
  if (hand_.settings.notices != Notices::slow || !is_open(transfer.state) || transfer.held || may_be_sent) return {};
  if (log_of(hand_.record(), LogResult::received) != nullptr) return {};
  return transfer.created + kSlowAfter;
}

Result<void> Feedback::notice_received() {
  if (log_of(hand_.record(), LogResult::received) != nullptr) return {};
  const auto due = notice_due();
  if (hand_.settings.notices != Notices::always && (!due || *due > hand_.now())) return {};
  fix(hand_, LogResult::received, received_log(frame_of(hand_, hand_.record())));
  TRY_VOID(hand_.keep());
  TRY_VOID(write(*log_of(hand_.record(), LogResult::received)));
  return {};
}

/// Whoever wrote it may have died before that was kept: it is not written twice, as versions would pile up.
Result<bool> Feedback::write(TransferLog& log) {
  const bool tagged = log.result == name_of(LogResult::success);
  auto written = find_written(log);
  // Where nobody may list, a store does not tell what is not there.
  const bool unknown = !written && written.error().act == Act::broken;
  if (unknown || (written && !*written)) {
    auto put = hand_.store().put_log(log.key, log.text, tagged ? acceptance_tags(hand_.record()) : AreaTags{});
    if (put) {
      written = std::optional(std::move(*put));
    } else {
      written = put.error();
    }
  }
  if (!written) {
    note(written.error(), log.key);
    return false;
  }
  log.written = true;
  log.version_id = (*written)->version_id;
  log.etag = (*written)->etag;
  log.size = (*written)->size;
  log.modified = (*written)->modified;
  TRY_VOID(hand_.keep());
  return true;
}

/// What stands at a log's key, if it is that very text.
Result<std::optional<AreaObject>> Feedback::find_written(const TransferLog& log) {
  TRY(auto there, hand_.store().stat(log.key));
  if (!there || there->size != log.text.size()) return std::optional<AreaObject>();
  if (there->etag == digest_of(Algorithm::md5, log.text).hex()) return there;
  TRY(const std::string text, read_text(hand_.store(), *there));
  if (text != log.text) there.reset();
  return there;
}

Result<bool> Feedback::remove(TransferLog& log) {
  const bool may_be_written = log.written || !log.text.empty();
  if (may_be_written) {
    TRY(const bool free, may_remove(hand_.needs.transfers, hand_.record(), log.key, hand_.now()));
    if (!free) return false;
    TRY(const bool gone, remove_written(log));
    if (!gone) return false;
  }
  log.removed = true;
  TRY_VOID(hand_.keep());
  return true;
}

/// The log itself, and what its removal brings to light where versions are kept: earlier texts, or the same one,
/// written by somebody who died before that was kept.
Result<bool> Feedback::remove_written(const TransferLog& log) {
  const auto gone = [&](const AreaObject& object) {
    const auto erased = hand_.store().erase(object, false);
    // Another file has its name by now: not ours to remove.
    if (erased || erased.error().act == Act::rejected) return true;
    note(erased.error(), log.key);
    return false;
  };
  if (log.written) {
    if (!gone({log.key, log.version_id, log.etag, log.size.value_or(0), log.modified.value_or(Instant{})}))
      return false;
    if (!log.version_id) return true;
  }
  for (int look = 0; look < kLooks; ++look) {
    const auto there = find_notice(hand_.store(), log.key);
    if (!there) {
      note(there.error(), log.key);
      return false;
    }
    if (!*there) return true;
    if (!gone(**there)) return false;
    TRY_VOID(hand_.renew());
  }
  return true;
}

Result<void> Feedback::remove_notices() {
  for (TransferLog& log : hand_.record().logs) {
    if (is_notice(log) && !log.removed) TRY_VOID(remove(log));
  }
  return {};
}

/// Of one object; where the store keeps no tags, it is only looked at. False when the area did not answer.
Result<bool> Feedback::set_tags(AreaObject& object) {
  Transfer& transfer = hand_.record();
  bool lost = false;
  if (hand_.store().keeps_tags()) {
    auto set = hand_.store().set_tags(object, acceptance_tags(transfer));
    if (!set && set.error().act != Act::rejected) {
      note(set.error(), object.key);
      return false;
    }
    lost = !set;
    // Some stores date it anew, and who removes it goes by the date.
    if (set) object = std::move(*set);
  } else {
    const auto there = hand_.store().stat(object.key);
    if (!there) {
      note(there.error(), object.key);
      return false;
    }
    lost = !*there || !is_same_object(**there, object);
  }
  if (lost && !transfer.object_lost) {
    transfer.object_lost = true;
    transfer.remarks.push_back({"It was replaced or removed after it was accepted; its transfer goes on", hand_.now()});
  }
  return true;
}

Result<bool> Feedback::tag() {
  Transfer& transfer = hand_.record();
  TRY(const bool set, set_tags(*transfer.bound));
  if (!set) return false;
  if (transfer.twin && transfer.twin->object) {
    TRY(const bool twin_set, set_tags(*transfer.twin->object));
    if (!twin_set) return false;
  }
  transfer.tagged = true;
  TRY_VOID(hand_.keep());
  return true;
}

/// Of the bag that the package becomes; empty when it is a new one.
Result<std::string> Feedback::latest_version() const {
  const Transfer& transfer = hand_.record();
  const auto space = Space::parse(transfer.expected_space);
  const auto identifier = ExternalIdentifier::parse(bag_identifier_of(hand_.settings, transfer));
  if (!space || !identifier || transfer.bag) return std::string();
  TRY(const auto version, hand_.needs.transfers.latest_version({*space, *identifier}));
  return version ? version->str() : std::string();
}

/// For what was submitted here, in whatever state it is by now: whoever tagged it may have died then. What was adopted
/// has been answered by others.
Result<void> Feedback::compose_success() {
  const Transfer& transfer = hand_.record();
  if (!transfer.tagged || !transfer.submission || !transfer.archivematica) return {};
  const TransferLog* there = log_of(hand_.record(), LogResult::success);
  const std::string key = log_key(layout_of(hand_.settings), transfer.key, LogResult::success, transfer.event.time,
                                  transfer.idempotency_key);
  if (there != nullptr && there->key == key) return {};
  TRY(std::string latest, latest_version());
  const ExpectedBag bag{transfer.expected_space, bag_identifier_of(hand_.settings, transfer), std::move(latest)};
  fix(hand_, LogResult::success,
      accepted_log(frame_of(hand_, transfer), report_of(transfer), transfer.archivematica->transfer_id, bag));
  return hand_.keep();
}

bool Feedback::owes_success() const { return lasts(hand_.record(), package_problem::kSuccessLog); }

/// When it has lasted, and anew when its cause is another one.
Result<void> Feedback::compose_delayed() {
  const Transfer& transfer = hand_.record();
  if (!wants_notices() || !transfer.delay || hand_.now() - transfer.delay->since < kDelayTold) return {};
  const TransferLog* there = log_of(hand_.record(), LogResult::delayed);
  const bool is_told = there != nullptr && !there->removed && there->about == transfer.delay->cause;
  if (is_told) return {};
  // One text after the other: of each it is known whether it stands there.
  if (there != nullptr && !there->removed && !there->written) return {};
  const CheckReport report = report_of(transfer);
  const bool checked = transfer.state == TransferState::submitting;
  fix(hand_, LogResult::delayed,
      delayed_log(frame_of(hand_, transfer), transfer.delay->cause, transfer.delay->since,
                  checked ? &report : nullptr));
  log_of(hand_.record(), LogResult::delayed)->about = transfer.delay->cause;
  return hand_.keep();
}

Result<bool> Feedback::settle() {
  if (notice_due()) TRY_VOID(notice_received());
  TRY_VOID(compose_delayed());
  TRY_VOID(compose_success());
  Transfer& transfer = hand_.record();
  bool settled = true;
  for (TransferLog& log : transfer.logs) {
    if (log.removed) continue;
    const bool outdated = is_notice(log) && !is_open(transfer.state);
    if (outdated) {
      TRY(const bool removed, remove(log));
      settled = settled && removed;
    } else if (!log.written) {
      TRY(const bool written, write(log));
      settled = settled && written;
    }
  }
  return settled;
}

}  // namespace strongroom::transfers

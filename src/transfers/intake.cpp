#include "transfers/intake.hpp"

#include <algorithm>
#include <optional>

#include "base/digest.hpp"
#include "transfers/arrival.hpp"

namespace strongroom::transfers {
namespace {

/// A message of which nothing can be made. The same one is set aside once, however often it is delivered.
Result<void> keep_aside(const IntakeNeeds& needs, std::string_view source, const std::string& message,
                        const std::string& reason) {
  TRY(const bool is_new, needs.dead_letters.set_aside({.source = std::string(source),
                                                       .subject = digest_of(Algorithm::sha256, message).hex(),
                                                       .body = message,
                                                       .reason = reason,
                                                       .created = needs.clock.now()}));
  if (is_new) {
    needs.log.write(LogLevel::error, "notification_malformed", {{"source", std::string(source)}, {"reason", reason}});
  }
  return {};
}

/// Takes the records of one notification, each for itself.
class Taker {
 public:
  Taker(const IntakeNeeds& needs, const IntakeSettings& settings, std::string_view source)
      : needs_(needs), settings_(settings), source_(source), now_(needs.clock.now()) {}

  void take(Announced put) {
    if (!is_package_key(put.key)) return ignore();
    const auto area = std::ranges::find(settings_.areas, put.bucket, &IntakeArea::bucket);
    if (area == settings_.areas.end()) {
      needs_.log.write(LogLevel::info, "notification_of_other_bucket", {{"bucket", put.bucket}, {"key", put.key}});
      return ignore();
    }
    const auto added = needs_.transfers.add_transfer(received(*area, std::move(put)));
    if (!added) return keep(added.error());
    ++(added->is_new ? receipt_.accepted : receipt_.known);
    count(added->is_new ? "accepted" : "known");
  }

  void set_aside(MalformedRecord record) {
    const auto added = keep_aside(needs_, source_, record.message, record.description);
    if (!added) return keep(added.error());
    count("malformed");
    receipt_.malformed.push_back(std::move(record));
  }

  void ignore() {
    ++receipt_.ignored;
    count("ignored");
  }

  Result<IntakeReceipt> end() {
    if (failure_) return std::move(*failure_);
    return std::move(receipt_);
  }

 private:
  NewTransfer received(const IntakeArea& area, Announced put) const {
    return newly(
        arrived({area.name, area.bucket}, put.key, std::move(put.event), settings_.prefixes, now_, needs_.entropy),
        needs_.entropy);
  }

  void count(std::string_view outcome) const {
    needs_.metrics.count(metric::kTransferNotifications, {source_, outcome});
  }
  void keep(const Error& error) {
    if (!failure_) failure_ = error;
  }

  const IntakeNeeds& needs_;
  const IntakeSettings& settings_;
  const std::string_view source_;
  const Instant now_;
  IntakeReceipt receipt_;
  std::optional<Error> failure_;
};

}  // namespace

Result<IntakeReceipt> take_in(const IntakeNeeds& needs, const IntakeSettings& settings, std::string_view source,
                              std::string_view body) {
  TRY(Notification notification, parse_notification(body, source));
  Taker taker(needs, settings, source);
  for (Announced& put : notification.announced) taker.take(std::move(put));
  for (MalformedRecord& record : notification.malformed) taker.set_aside(std::move(record));
  for (std::size_t i = 0; i < notification.others; ++i) taker.ignore();
  return taker.end();
}

Result<void> set_unreadable_aside(const IntakeNeeds& needs, std::string_view source, std::string_view body,
                                  const std::string& why) {
  constexpr std::size_t kKept = std::size_t{256} << 10U;
  return keep_aside(needs, source, std::string(body.substr(0, kKept)), why);
}

}  // namespace strongroom::transfers

// Alarm: problems of the operators' told once each, not once for each package (transfers.md 16.3).
//
// Told in the log, as an event of the kind `operator-alert`, and to the webhook of operators when there is one; again
// after a day while they last, and once when they are over. What the webhook does not take is posted again while the
// problem is met, every five minutes at most. Never fails its caller: what cannot be told is logged. Any thread.
#pragma once

#include <string>

#include "ports/clock.hpp"
#include "ports/entropy.hpp"
#include "ports/log.hpp"
#include "ports/transfers.hpp"
#include "ports/webhook.hpp"

namespace strongroom::transfers {

/// Everything outlives the alarm.
struct AlarmNeeds {
  Transfers& transfers;
  Webhook* webhook;  ///< null for none
  Clock& clock;
  Entropy& entropy;
  Log& journal;
};

class Alarm {
 public:
  explicit Alarm(const AlarmNeeds& needs) : needs_(needs) {}

  /// `problem` names what is wrong, the same as long as it is the same one: `dashboard`, `area main`. The description
  /// says what happened and what to do, without addresses, users and keys.
  void raise(const std::string& problem, const std::string& description);
  void over(const std::string& problem);

 private:
  TransferNotice notice_of(const std::string& problem, const std::string& description, bool over);
  /// False when the webhook does not take it.
  bool post(const std::string& text);
  /// Posts it; owed from then on when that fails.
  void post_or_owe(const std::string& problem, const std::string& text);
  /// Posts what an earlier attempt could not, when it is time.
  void pay(const std::string& problem, const std::string& text);
  /// When an alert is to be posted again; empty when none is owed, or when that cannot be told.
  std::string owed(const std::string& problem);
  /// Empty: no more.
  void owe(const std::string& problem, const std::string& when);
  void not_kept(const Error& error);

  const AlarmNeeds needs_;
};

}  // namespace strongroom::transfers

// Dead letters: messages of which nothing can be made, set aside until an operator has looked, who is told of them
// (transfers.md 3.1, 14, 16.3).
//
// Of one source and one reason all are one problem of the operators', which is over when none of them is left. Errors
// are the catalogue's. Any thread.
#pragma once

#include <functional>
#include <stop_token>

#include "ports/messages_aside.hpp"
#include "transfers/alarm.hpp"

namespace strongroom::transfers {

/// It is a record of a notification that came by HTTP or from a queue, and no message of the listener's.
[[nodiscard]] bool is_notification(const MessageAside& message);

class DeadLetters {
 public:
  /// Both outlive it.
  DeadLetters(MessagesAside& aside, Alarm& alarm) : aside_(aside), alarm_(alarm) {}

  /// Sets it aside and tells operators; may be repeated. False when it was there already.
  Result<bool> set_aside(const MessageAside& message);
  /// An operator has dealt with it. False when it is not there any more.
  Result<bool> drop(const MessageAside& message);
  /// Tells operators of all that wait, as far as they have not heard for a day.
  Result<void> tell_again();

 private:
  /// Shows each of them to `look`, until that is satisfied; whether it was.
  Result<bool> find(const std::function<bool(const MessageAside& message)>& look);

  MessagesAside& aside_;
  Alarm& alarm_;
};

/// DeadLetters::tell_again() every hour until a stop is asked for.
void keep_telling(DeadLetters& letters, Clock& clock, Log& journal, const std::stop_token& stop);

}  // namespace strongroom::transfers

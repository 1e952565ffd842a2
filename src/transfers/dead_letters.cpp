#include "transfers/dead_letters.hpp"

#include <algorithm>

namespace strongroom::transfers {
namespace {

constexpr std::size_t kPage = 500;

std::string problem_of(const MessageAside& message) {
  return "dead letters of " + message.source + ": " + message.reason;
}

std::string description_of(const MessageAside& message) {
  const std::string what = is_notification(message) ? "A record of a notification about packages (" + message.source +
                                                          ") cannot be read and was set aside: "
                                                    : "A message of " + message.source + " was set aside: ";
  return what + message.reason + "; `strongroom notify dead-letters list` shows it";
}

}  // namespace

bool is_notification(const MessageAside& message) { return message.source == "http" || message.source == "sqs"; }

Result<bool> DeadLetters::set_aside(const MessageAside& message) {
  TRY(const bool is_new, aside_.set_aside(message));
  // Whoever set it aside before may have died before anybody was told.
  alarm_.raise(problem_of(message), description_of(message));
  return is_new;
}

Result<bool> DeadLetters::is_left(const std::string& problem) {
  for (std::int64_t after = 0;;) {
    TRY(const auto page, aside_.messages_aside(after, kPage));
    if (page.empty()) return false;
    if (std::ranges::find(page, problem, problem_of) != page.end()) return true;
    after = page.back().number;
  }
}

Result<bool> DeadLetters::drop(const MessageAside& message) {
  TRY(const bool was_there, aside_.drop_aside(message.number));
  const std::string problem = problem_of(message);
  TRY(const bool others, is_left(problem));
  if (!others) alarm_.over(problem);
  return was_there;
}

}  // namespace strongroom::transfers

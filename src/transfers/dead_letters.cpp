#include "transfers/dead_letters.hpp"

#include <algorithm>
#include <map>

namespace strongroom::transfers {
namespace {

/// A letter may be 256 KiB long.
constexpr std::size_t kPage = 50;
constexpr Duration kRound = std::chrono::hours(1);

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

Result<bool> DeadLetters::find(const std::function<bool(const MessageAside& message)>& look) {
  for (std::int64_t after = 0;;) {
    TRY(const auto page, aside_.messages_aside(after, kPage));
    if (page.empty()) return false;
    if (std::ranges::any_of(page, look)) return true;
    after = page.back().number;
  }
}

Result<bool> DeadLetters::drop(const MessageAside& message) {
  TRY(const bool was_there, aside_.drop_aside(message.number));
  const std::string problem = problem_of(message);
  TRY(const bool others, find([&](const MessageAside& other) { return problem_of(other) == problem; }));
  if (!others) alarm_.over(problem);
  return was_there;
}

Result<void> DeadLetters::tell_again() {
  std::map<std::string, std::string> waiting;  // problems with what is said of them
  TRY_VOID(find([&](const MessageAside& message) {
    waiting.emplace(problem_of(message), description_of(message));
    return false;
  }));
  for (const auto& [problem, description] : waiting) alarm_.raise(problem, description);
  return {};
}

void keep_telling(DeadLetters& letters, Clock& clock, Log& journal, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto told = letters.tell_again();
    if (!told) journal.write(LogLevel::warning, "dead_letters_not_told", {{"error", told.error().text()}});
    clock.wait_until(clock.since_boot() + kRound, stop);
  }
}

}  // namespace strongroom::transfers

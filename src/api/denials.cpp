#include "api/denials.hpp"

namespace strongroom::api {

bool Denials::is_news(const ClientId& client, const std::string& reason, Instant now) {
  constexpr Duration kQuiet = std::chrono::minutes(1);
  const std::lock_guard lock(mutex_);
  const auto [known, is_new] = last_.try_emplace({client.str(), reason}, now);
  // A clock that was set back must not silence it.
  if (!is_new && now >= known->second && now - known->second < kQuiet) return false;
  known->second = now;
  return true;
}

}  // namespace strongroom::api

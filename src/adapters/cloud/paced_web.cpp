#include "adapters/cloud/paced_web.hpp"

#include <algorithm>

namespace strongroom::cloud {

PacedWeb::PacedWeb(WebClient& inner, Clock& clock, std::uint64_t per_second)
    : inner_(inner),
      clock_(clock),
      between_(Duration(std::chrono::seconds(1)) / static_cast<std::int64_t>(std::max<std::uint64_t>(per_second, 1))) {}

void PacedWeb::wait_for_turn() {
  Duration turn{};
  {
    const std::scoped_lock lock(mutex_);
    turn = std::max(next_, clock_.since_boot());
    next_ = turn + between_;
  }
  clock_.wait_until(turn, {});
}

Result<WebAnswer> PacedWeb::exchange(const WebRequest& request) {
  wait_for_turn();
  return inner_.exchange(request);
}

Result<std::unique_ptr<WebDownload>> PacedWeb::download(const WebRequest& request) {
  wait_for_turn();
  return inner_.download(request);
}

}  // namespace strongroom::cloud

// A web client that begins so many requests a second and no more: for providers that charge for haste, or throttle it.
// All calls may come from any thread; they wait for their turn, in the order in which they came.
#pragma once

#include <cstdint>
#include <mutex>

#include "ports/clock.hpp"
#include "ports/web_client.hpp"

namespace strongroom::cloud {

class PacedWeb final : public WebClient {
 public:
  /// Both outlive it; at least one request a second.
  PacedWeb(WebClient& inner, Clock& clock, std::uint64_t per_second);

  Result<WebAnswer> exchange(const WebRequest& request) override;
  Result<std::unique_ptr<WebDownload>> download(const WebRequest& request) override;

 private:
  void wait_for_turn();

  WebClient& inner_;
  Clock& clock_;
  const Duration between_;
  std::mutex mutex_;
  Duration next_{};  ///< since boot: the next turn that nobody has
};

}  // namespace strongroom::cloud

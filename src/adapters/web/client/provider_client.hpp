// ports/web_client.hpp on libcurl.
//
// Each exchange has a lane of its own, a connection and its handles, taken from those at rest or made; so as many
// requests are under way as there are callers. A lane holds its connection for the next one. Connecting takes at most
// 10 s, and a transfer that does not move for 60 s is given up, or earlier where the request says so.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/web/client/call_end.hpp"
#include "ports/web_client.hpp"

namespace strongroom::web {

class ProviderClient final : public WebClient {
 public:
  /// `ca_file`: a PEM file of the authorities that are trusted instead of the system's; empty for those.
  /// Calls end with `end`, which outlives the client and its downloads; null for never.
  explicit ProviderClient(std::string ca_file = {}, const CallEnd* end = nullptr);
  ~ProviderClient() override;

  Result<WebAnswer> exchange(const WebRequest& request) override;
  Result<std::unique_ptr<WebDownload>> download(const WebRequest& request) override;

 private:
  class Lane;
  class Lanes;
  class Download;
  /// Shared with downloads, which may outlive the client.
  std::shared_ptr<Lanes> lanes_;
};

}  // namespace strongroom::web

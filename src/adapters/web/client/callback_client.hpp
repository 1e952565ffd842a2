// The callback's HTTP client: ports/http_client.hpp on libcurl.
//
// Promises beyond the port: no proxy and no other protocol, whatever the environment says; a connection is opened only
// to an address that was agreed to, checked again at the socket itself; an answer is read up to 64 KiB and not kept.
// Thread-safe. The look-up of a name is the system's and ends when the system gives up; its time counts.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "ports/http_client.hpp"

namespace strongroom::web {

class CallbackClient final : public HttpClient {
 public:
  CallbackClient();
  ~CallbackClient() override;
  CallbackClient(const CallbackClient&) = delete;
  CallbackClient& operator=(const CallbackClient&) = delete;

  CallbackOutcome post(const CallbackRequest& request,
                       const std::function<bool(const std::string& address)>& allowed) override;

 private:
  struct Slot;  ///< a curl handle at rest

  std::unique_ptr<Slot> take();
  void give_back(std::unique_ptr<Slot> slot);

  std::mutex mutex_;
  std::vector<std::unique_ptr<Slot>> idle_;
};

}  // namespace strongroom::web

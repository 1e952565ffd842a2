#include "adapters/web/client/callback_client.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/web/client/curl_common.hpp"
#include "base/text.hpp"

namespace strongroom::web {
namespace {

constexpr std::size_t kAnswerMax = 64 * 1024;
constexpr std::size_t kIdleMax = 8;

using Clock = std::chrono::steady_clock;

std::string address_text(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address->sa_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text.data(), text.size());
  } else if (address->sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text.data(), text.size());
  }
  return text.data();
}

/// Every address of a name or of a numeric host, each once; empty when there is none.
std::vector<std::string> resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  std::vector<std::string> addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    std::string text = address_text(entry->ai_addr);
    if (text.empty() || std::find(addresses.begin(), addresses.end(), text) != addresses.end()) continue;
    addresses.push_back(std::move(text));
  }
  freeaddrinfo(found);
  return addresses;
}

/// State of one transfer, for curl's callbacks.
struct Transfer {
  const std::vector<std::string>* addresses = nullptr;
  std::size_t answer_bytes = 0;
  bool had_enough = false;     ///< the answer is longer than what is read of it
  bool wrong_address = false;  ///< curl wanted to go elsewhere
};

std::size_t count_answer(char* /*bytes*/, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.answer_bytes += size * count;
  if (transfer.answer_bytes <= kAnswerMax) return size * count;
  transfer.had_enough = true;
  return 0;
}

curl_socket_t open_socket(void* user, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string text = address_text(&address->addr);
  if (std::find(transfer.addresses->begin(), transfer.addresses->end(), text) == transfer.addresses->end()) {
    transfer.wrong_address = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/// `host:port:address,address` for CURLOPT_RESOLVE.
std::string resolve_line(const std::string& host_and_port, const std::vector<std::string>& addresses) {
  return host_and_port + ":" + join(addresses, ",");
}

std::string reason_of(CURLcode code, CURL* handle, const Transfer& transfer) {
  if (transfer.wrong_address) return "address not allowed";
  if (is_tls_error(code)) return "TLS error";
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return "timed out";
    case CURLE_COULDNT_RESOLVE_HOST:
      return "host not found";
    case CURLE_COULDNT_CONNECT: {
      long error = 0;
      curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &error);
      if (error == ECONNREFUSED) return "connection refused";
      if (error == ETIMEDOUT) return "timed out";
      break;
    }
    default:
      break;
  }
  return "the connection failed";
}

CallbackOutcome failed(std::string reason) { return {std::nullopt, std::move(reason)}; }

long milliseconds(Duration duration) {
  const auto count = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  return static_cast<long>(std::max<std::int64_t>(count, 1));  // 0 would mean "no limit" to curl
}

void set_request(CURL* curl, const CallbackRequest& request, const curl_slist* headers, Duration left) {
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // neither http_proxy nor its kin
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(std::min(request.connect_timeout, left)));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds(left));
  // A connection kept from an earlier call went to an address agreed to then, not now.
  curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
}

void set_callbacks(CURL* curl, Transfer& transfer) {
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, count_answer);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, count_answer);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &transfer);
}

}  // namespace

struct CallbackClient::Slot {
  EasyHandle handle = make_easy_handle();
  std::string resolved;  ///< host:port whose addresses are still in the handle's cache
};

CallbackClient::CallbackClient() = default;
CallbackClient::~CallbackClient() = default;

std::unique_ptr<CallbackClient::Slot> CallbackClient::take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<Slot>();
  std::unique_ptr<Slot> slot = std::move(idle_.back());
  idle_.pop_back();
  return slot;
}

void CallbackClient::give_back(std::unique_ptr<Slot> slot) {
  curl_easy_reset(slot->handle.get());
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kIdleMax) idle_.push_back(std::move(slot));
}

CallbackOutcome CallbackClient::post(const CallbackRequest& request,
                                     const std::function<bool(const std::string& address)>& allowed) {
  const auto began = Clock::now();
  const UrlHandle url = parse_url(request.url);
  if (!url) return failed("the connection failed");
  // The name as curl will look for it: international names in their ASCII form.
  std::string host = url_part(url.get(), CURLUPART_HOST, CURLU_PUNYCODE);
  if (host.empty()) host = url_part(url.get(), CURLUPART_HOST);
  const bool is_literal_6 = host.size() > 2 && host.front() == '[';
  if (is_literal_6) host = host.substr(1, host.size() - 2);

  const std::vector<std::string> addresses = resolve(host);
  if (addresses.empty()) return failed("host not found");
  if (!std::all_of(addresses.begin(), addresses.end(), allowed)) return failed("address not allowed");
  const auto left = request.timeout - std::chrono::duration_cast<Duration>(Clock::now() - began);
  if (left <= Duration::zero()) return failed("timed out");

  std::unique_ptr<Slot> slot = take();
  CURL* curl = slot->handle.get();
  const Slist headers = curl_headers(request.headers, true);
  set_request(curl, request, headers.get(), left);
  Transfer transfer{&addresses};
  set_callbacks(curl, transfer);
  Slist lines;
  if (!slot->resolved.empty()) append(lines, "-" + slot->resolved);
  slot->resolved.clear();
  if (!is_literal_6) {  // of which curl makes no look-up, and which it could not read in such a line
    slot->resolved = host + ":" + url_part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
    append(lines, resolve_line(slot->resolved, addresses));
  }
  if (lines) curl_easy_setopt(curl, CURLOPT_RESOLVE, lines.get());

  const CURLcode code = curl_easy_perform(curl);
  CallbackOutcome outcome;
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if ((code == CURLE_OK || transfer.had_enough) && status > 0) {
    outcome.status = static_cast<int>(status);
  } else {
    outcome = failed(reason_of(code, curl, transfer));
  }
  give_back(std::move(slot));
  return outcome;
}

}  // namespace strongroom::web

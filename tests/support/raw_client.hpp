// A TCP client that sends exactly what a test says, and listeners that answer exactly what a test says.
//
// Every blocking call gives up after 20 s, so that a broken server fails a test instead of hanging it.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace strongroom::testing_support {

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline void limit_waiting(int socket) {
  const timeval patience{20, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

/// What came back for one request.
struct RawResponse {
  int status = 0;
  std::string head;                            ///< status line and header as received
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  bool whole = false;  ///< framed to its end
  bool chunked = false;

  [[nodiscard]] bool has(const std::string& name) const { return headers.count(name) > 0; }
  [[nodiscard]] std::string header(const std::string& name) const { return has(name) ? headers.at(name) : ""; }
};

class RawClient {
 public:
  /// `receive_buffer` in bytes: small for a client that stalls.
  explicit RawClient(std::uint16_t port, int receive_buffer = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) {
      setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    limit_waiting(socket_);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const sockaddr_in address = loopback(port);
    connected_ = connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  explicit RawClient(int accepted_socket, bool /*accepted*/) : socket_(accepted_socket), connected_(true) {
    limit_waiting(socket_);
  }
  ~RawClient() { close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  /// False when the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  void end_sending() { shutdown(socket_, SHUT_WR); }

  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  /// Closes so that the other side sees a reset.
  void reset() {
    const linger at_once{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close();
  }

  /// Reads some bytes into the buffer; false at the end, on a reset, and when nothing comes.
  bool receive() {
    char buffer[65536];
    const ssize_t n = recv(socket_, buffer, sizeof(buffer), 0);
    was_reset_ = n < 0 && errno == ECONNRESET;
    timed_out_ = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (n <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(n));
    return true;
  }

  /// Everything until the server closes.
  std::string read_to_end() {
    while (receive()) {
    }
    return std::exchange(received_, {});
  }

  /// Reads until `mark` has been received; what is behind it stays.
  bool read_until(std::string_view mark, std::string& into) {
    std::size_t at = std::string::npos;
    while ((at = received_.find(mark)) == std::string::npos) {
      if (!receive()) return false;
    }
    into = received_.substr(0, at + mark.size());
    received_.erase(0, at + mark.size());
    return true;
  }

  /// One response with its framing; for HEAD without a body.
  RawResponse response(bool to_head = false) {
    RawResponse response;
    if (!read_until("\r\n\r\n", response.head)) return response;
    parse_head(response);
    if (to_head || response.status == 204 || response.status == 304 || response.status == 100) {
      response.whole = true;
    } else if (response.has("content-length")) {
      response.whole = take(std::stoull(response.header("content-length")), response.body);
    } else if (response.header("transfer-encoding") == "chunked") {
      response.chunked = true;
      response.whole = take_chunks(response.body);
    } else {
      response.body = read_to_end();
      response.whole = !was_reset_ && !timed_out_;
    }
    return response;
  }

  /// True when the server closes now, orderly or not, without sending anything more.
  bool closed_by_server() { return received_.empty() && !receive() && !timed_out_; }
  [[nodiscard]] bool was_reset() const { return was_reset_; }
  [[nodiscard]] const std::string& received() const { return received_; }

 private:
  static void parse_head(RawResponse& response) {
    std::size_t at = response.head.find("\r\n");
    if (response.head.size() >= 12) response.status = std::stoi(response.head.substr(9, 3));
    while (at != std::string::npos && at + 2 < response.head.size()) {
      const std::size_t begin = at + 2;
      at = response.head.find("\r\n", begin);
      const std::string line = response.head.substr(begin, at - begin);
      const std::size_t colon = line.find(": ");
      if (colon == std::string::npos) continue;
      std::string name = line.substr(0, colon);
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      response.headers[name] = line.substr(colon + 2);
    }
  }

  bool take(std::size_t n, std::string& into) {
    while (received_.size() < n) {
      if (!receive()) {
        into = std::exchange(received_, {});
        return false;
      }
    }
    into = received_.substr(0, n);
    received_.erase(0, n);
    return true;
  }

  bool take_chunks(std::string& into) {
    for (;;) {
      std::string line;
      if (!read_until("\r\n", line)) return false;
      const std::size_t size = std::stoul(line, nullptr, 16);
      std::string chunk;
      const bool whole = take(size, chunk);
      into += chunk;
      std::string end;
      if (!whole || !take(2, end) || end != "\r\n") return false;
      if (size == 0) return true;
    }
  }

  int socket_;
  bool connected_ = false;
  bool was_reset_ = false;
  bool timed_out_ = false;
  std::string received_;
};

/// Listens on a free port of the loopback address and has `serve` do with the first connections what it likes, each on
/// a thread of its own.
class RawListener {
 public:
  explicit RawListener(std::function<void(RawClient&)> serve, int family = AF_INET, int connections = 1)
      : socket_(::socket(family, SOCK_STREAM, 0)) {
    sockaddr_storage address{};
    socklen_t size = sizeof(sockaddr_in);
    if (family == AF_INET6) {
      auto& six = reinterpret_cast<sockaddr_in6&>(address);
      six.sin6_family = AF_INET6;
      six.sin6_addr = in6addr_loopback;
      size = sizeof(sockaddr_in6);
    } else {
      reinterpret_cast<sockaddr_in&>(address) = loopback(0);
    }
    listening_ = bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0 && listen(socket_, 8) == 0;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                     : reinterpret_cast<sockaddr_in&>(address).sin_port);
    if (!listening_) return;
    thread_ = std::thread([this, serve = std::move(serve), connections] {
      std::vector<std::jthread> serving;
      for (int i = 0; i < connections; ++i) {
        const int accepted = accept(socket_, nullptr, nullptr);
        if (accepted < 0) return;
        ++accepted_;
        serving.emplace_back([&serve, accepted] {
          RawClient client(accepted, true);
          serve(client);
        });
      }
    });
  }
  ~RawListener() {
    shutdown(socket_, SHUT_RDWR);  // ends an accept() that nobody answered
    if (thread_.joinable()) thread_.join();
    ::close(socket_);
  }
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  [[nodiscard]] bool listening() const { return listening_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Connections accepted; exact after join().
  int accepted() {
    shutdown(socket_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    return accepted_;
  }

 private:
  int socket_;
  bool listening_ = false;
  std::uint16_t port_ = 0;
  int accepted_ = 0;
  std::thread thread_;
};

/// A port of the loopback address on which nobody listens: bound, so that nobody else gets it.
class DeadPort {
 public:
  DeadPort() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~DeadPort() { ::close(socket_); }
  DeadPort(const DeadPort&) = delete;
  DeadPort& operator=(const DeadPort&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

}  // namespace strongroom::testing_support

// One TLS connection over a socket that never blocks: OpenSSL reads and writes the socket itself, so that nothing is
// copied twice and an idle connection holds no buffers.
//
// Knows no event loop: a step that has to wait says for what, and is to be repeated then. One thread at a time; the
// socket must stay open as long as the session is used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "adapters/web/server/tls_context.hpp"

// Of OpenSSL.
struct ssl_st;

namespace strongroom::web {

class TlsSession {
 public:
  enum class Outcome : std::uint8_t {
    done,
    wants_read,   ///< repeat when the socket has something to read
    wants_write,  ///< repeat when the socket takes something
    ended,        ///< the client has said that nothing more comes, or the connection is gone
    failed,       ///< the client does not speak TLS as it must
  };
  struct Step {
    Outcome outcome;
    std::size_t bytes = 0;
  };

  TlsSession(const TlsContext& context, int socket);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  Step handshake();
  Step read(std::span<char> into);
  /// Writes a part of `bytes`, at most a record; repeated with the same bytes. `bytes` must not be empty.
  Step write(std::string_view bytes);
  /// Tells the client that nothing more comes, if that is still possible. Once is enough.
  void say_goodbye();
  /// After a failed handshake: the client sent HTTP in clear.
  [[nodiscard]] bool met_plain_http() const { return met_plain_http_; }

 private:
  Step judge(int result, std::size_t bytes);

  int socket_;  ///< OpenSSL's functions are given its address
  ssl_st* session_;
  bool usable_ = true;  ///< no fatal error yet
  bool met_plain_http_ = false;
};

}  // namespace strongroom::web

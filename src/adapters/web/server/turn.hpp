// A turn: one request and its answer, seen from the handler's side. No sockets.
//
// Keeps the order HttpExchange was promised: begin, body*, then finish or cancel, never two of these; early() looked at
// after begin and after each piece. Every function is called from a pool thread, one at a time; what the handler made
// is destroyed there as well.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "ports/http.hpp"

namespace strongroom::web {

class Turn {
 public:
  enum class Pulled : std::uint8_t {
    more,     ///< write what there is, then pull again
    not_yet,  ///< write what there is, then wait for wake
    end,      ///< write what there is: that was all
    failed,   ///< cut the connection
  };

  explicit Turn(HttpHandler& handler) : handler_(handler) {}

  /// Opens the exchange. `has_body`: pieces follow.
  void begin(HttpRequestHead head, bool has_body);
  /// Delivers a piece; dropped when there is an answer already.
  void take(ByteView piece);
  /// The request is complete: gets the answer, unless there is one already.
  void complete();
  /// Cancels the exchange, if there is one, and has the handler make the refusal.
  void refuse(int status, const HttpRequestHead& head);
  /// As refuse(), once the head was given to begin(). Only for a turn with a body.
  void refuse(int status) { refuse(status, head_); }
  /// Nobody waits for an answer any more: cancels the exchange, drops the body.
  void abandon();

  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] bool answered() const { return response_.has_value(); }
  [[nodiscard]] HttpResponse& response() { return *response_; }

  /// Prepares the streamed body for pulling.
  void open_body(std::function<void()> wake);
  /// Appends a piece of the streamed body to `out`, which may hold what was held back before. With a known length the
  /// last bytes are held back (not_yet, held() is true) until the body has said `end`: a body that finds at its end
  /// that it is wrong must not have been sent whole.
  Pulled pull(std::string& out);
  [[nodiscard]] bool held() const { return held_; }
  void drop_body() { response_->body.reset(); }

 private:
  void look_for_early();
  void answer(HttpResponse response);
  Pulled pull_some(std::string& out);

  HttpHandler& handler_;
  std::unique_ptr<HttpExchange> exchange_;
  HttpRequestHead head_;
  bool begun_ = false;
  std::optional<HttpResponse> response_;
  std::optional<std::uint64_t> left_;  ///< of a known length
  bool held_ = false;
};

}  // namespace strongroom::web

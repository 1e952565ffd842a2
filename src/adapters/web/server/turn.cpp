#include "adapters/web/server/turn.hpp"

#include <utility>

#include "base/check.hpp"

namespace strongroom::web {
namespace {

/// A piece of a response is sent when it has reached the first size, and never grows much beyond the second.
constexpr std::size_t kPieceEnough = 64 * 1024;
constexpr std::size_t kPieceMax = 256 * 1024;

}  // namespace

void Turn::begin(HttpRequestHead head, bool has_body) {
  begun_ = true;
  if (has_body) head_ = head;  // a refusal may become necessary later
  exchange_ = handler_.begin(std::move(head));
  CHECK(exchange_ != nullptr);
  look_for_early();
}

void Turn::take(ByteView piece) {
  if (answered()) return;
  exchange_->body(piece);
  look_for_early();
}

void Turn::complete() {
  if (!answered()) answer(exchange_->finish());
}

void Turn::refuse(int status, const HttpRequestHead& head) {
  if (exchange_) exchange_->cancel();
  answer(handler_.refuse(status, head));
}

void Turn::abandon() {
  if (exchange_) exchange_->cancel();
  exchange_.reset();
  response_.reset();
}

void Turn::look_for_early() {
  if (auto response = exchange_->early()) answer(std::move(*response));
}

void Turn::answer(HttpResponse response) {
  CHECK(response.status >= 200 && response.status <= 599);
  exchange_.reset();
  response_ = std::move(response);
}

void Turn::open_body(std::function<void()> wake) {
  left_ = response_->length;
  response_->body->on_ready(std::move(wake));
}

Turn::Pulled Turn::pull(std::string& out) {
  held_ = false;
  const Pulled pulled = pull_some(out);
  if (pulled == Pulled::end || pulled == Pulled::failed) drop_body();
  held_ = pulled == Pulled::not_yet && left_ == 0U;
  return pulled;
}

Turn::Pulled Turn::pull_some(std::string& out) {
  // With nothing left of a known length it is only the `end` that is waited for, whatever is in `out`.
  while (out.size() < kPieceEnough || left_ == 0U) {
    const std::size_t before = out.size();
    const Result<Pull> pulled = response_->body->pull(out, kPieceMax - (left_ == 0U ? 0 : before));
    if (!pulled) return Pulled::failed;
    const std::size_t got = out.size() - before;
    if (left_) {
      if (got > *left_) return Pulled::failed;
      *left_ -= got;
    }
    if (*pulled == Pull::not_yet) return Pulled::not_yet;
    if (*pulled == Pull::end) return left_.value_or(0) == 0 ? Pulled::end : Pulled::failed;
  }
  return Pulled::more;
}

}  // namespace strongroom::web

// A handler whose behaviour each test gives, and which counts what was done to its exchanges.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "ports/http.hpp"

namespace strongroom::testing_support {

/// Waits (at most 20 s) for something that other threads bring about.
inline bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

/// Opened once; whoever waits passes then.
class Gate {
 public:
  void open() {
    {
      const std::lock_guard lock(mutex_);
      is_open_ = true;
    }
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(20), [this] { return is_open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
};

struct Counters {
  std::atomic<int> begun = 0;
  std::atomic<int> finished = 0;
  std::atomic<int> cancelled = 0;
  std::atomic<int> exchanges_alive = 0;
  std::atomic<int> bodies_alive = 0;
  std::atomic<int> refused = 0;
  std::atomic<int> running = 0;          ///< calls into exchanges going on now
  std::atomic<bool> overlapped = false;  ///< two calls of one exchange at once: never
  std::atomic<std::uint64_t> body_bytes = 0;
};

/// What an exchange does; each function may be left out.
struct Script {
  std::function<std::optional<HttpResponse>(const HttpRequestHead&, std::uint64_t bytes)> early;
  std::function<void(std::string_view)> body;
  std::function<HttpResponse(const HttpRequestHead&, const std::string& body)> finish;
  bool keep_body = true;  ///< false: pieces are counted only
};

class ScriptedExchange final : public HttpExchange {
 public:
  ScriptedExchange(HttpRequestHead head, const Script& script, Counters& counters)
      : head_(std::move(head)), script_(script), counters_(counters) {
    ++counters_.begun;
    ++counters_.exchanges_alive;
  }
  ~ScriptedExchange() override { --counters_.exchanges_alive; }

  std::optional<HttpResponse> early() override {
    const Alone alone(*this);
    return script_.early ? script_.early(head_, bytes_) : std::nullopt;
  }
  void body(ByteView bytes) override {
    const Alone alone(*this);
    bytes_ += bytes.size();
    counters_.body_bytes += bytes.size();
    if (script_.keep_body) text_.append(as_text(bytes));
    if (script_.body) script_.body(as_text(bytes));
  }
  HttpResponse finish() override {
    const Alone alone(*this);
    ++counters_.finished;
    if (script_.finish) return script_.finish(head_, text_);
    HttpResponse response;
    response.text = head_.method + " " + head_.target + " " + text_;
    return response;
  }
  void cancel() override {
    const Alone alone(*this);
    ++counters_.cancelled;
  }

 private:
  struct Alone {
    explicit Alone(ScriptedExchange& of) : exchange(of) {
      if (exchange.inside_.exchange(true)) exchange.counters_.overlapped = true;
      ++exchange.counters_.running;
    }
    ~Alone() {
      --exchange.counters_.running;
      exchange.inside_ = false;
    }
    ScriptedExchange& exchange;
  };

  HttpRequestHead head_;
  const Script& script_;
  Counters& counters_;
  std::atomic<bool> inside_ = false;
  std::uint64_t bytes_ = 0;
  std::string text_;
};

class ScriptedHandler final : public HttpHandler {
 public:
  std::unique_ptr<HttpExchange> begin(HttpRequestHead head) override {
    const auto found = scripts.find(head.target);
    return std::make_unique<ScriptedExchange>(std::move(head), found == scripts.end() ? plain : found->second,
                                              counters);
  }
  HttpResponse refuse(int status, const HttpRequestHead& /*head*/) override {
    ++counters.refused;
    HttpResponse response;
    response.status = status;
    response.text = "refused " + std::to_string(status);
    return response;
  }

  Counters counters;
  std::map<std::string, Script> scripts;  ///< by target; set before the server starts
  Script plain;
};

/// A body made of a function that appends the next piece.
class ScriptedBody final : public HttpBody {
 public:
  using Source = std::function<Result<Pull>(std::string& out, std::size_t max)>;
  ScriptedBody(Source source, Counters& counters) : source_(std::move(source)), counters_(counters) {
    ++counters_.bodies_alive;
  }
  ~ScriptedBody() override { --counters_.bodies_alive; }

  Result<Pull> pull(std::string& out, std::size_t max) override { return source_(out, max); }
  void on_ready(std::function<void()> wake) override {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
  }
  void wake() {
    std::function<void()> call;
    {
      const std::lock_guard lock(mutex_);
      call = wake_;
    }
    if (call) call();
  }

 private:
  Source source_;
  Counters& counters_;
  std::mutex mutex_;
  std::function<void()> wake_;
};

/// `total` bytes of a repeating pattern, the same at each offset whatever the pieces.
inline ScriptedBody::Source pattern_source(std::uint64_t total) {
  return [total, at = std::uint64_t{0}](std::string& out, std::size_t max) mutable -> Result<Pull> {
    if (at == total) return Pull::end;
    const std::uint64_t n = std::min<std::uint64_t>(total - at, max);
    for (std::uint64_t i = 0; i < n; ++i) out.push_back(static_cast<char>('a' + (at + i) % 23));
    at += n;
    return Pull::bytes;
  };
}

inline std::string pattern(std::uint64_t total) {
  std::string text;
  for (std::uint64_t i = 0; i < total; ++i) text.push_back(static_cast<char>('a' + i % 23));
  return text;
}

}  // namespace strongroom::testing_support

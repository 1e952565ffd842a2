// The tail of the event log: what all open event streams of this process share.
//
// One thread follows the log and renders each new event once; streams copy what passes their filters and cost no
// thread, no database and no buffer of their own while they are silent. What lies further back a stream reads from the
// log itself. Memory is bounded (limits.hpp); so is the number of streams. Any thread; run() belongs to one.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "ports/clock.hpp"
#include "ports/event_log.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"

namespace strongroom::events {

struct TailSettings {
  std::string context_url;  ///< `{base}/context.json`
  std::size_t streams_max = 0;
};

/// Everything outlives the tail.
struct TailNeeds {
  EventLog& log;
  Catalogue& catalogue;  ///< tells when something was committed
  Clock& clock;
  Metrics& metrics;
  Log& journal;
};

class Tail {
  struct Entry {
    ClientId client;
    EventFilter filter;
    std::function<void()> wake = {};
    Duration due = Duration::max();  ///< since_boot: to be woken then, whatever happens
  };

 public:
  /// The place of one open stream; given up when it is destroyed. The tail outlives it. One thread at a time.
  class Seat {
   public:
    Seat(Tail& tail, std::list<Entry>::iterator entry) : tail_(tail), entry_(entry) {}
    ~Seat();
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    /// Whom to call when there may be something: from any thread, and now and then in vain.
    void on_ready(std::function<void()> wake);
    /// The stream's filter from now on.
    void filter(const EventFilter& filter);
    /// To be woken at since_boot `due` at the latest.
    void wait_until(Duration due);
    /// The service is stopping: the stream is to end.
    [[nodiscard]] bool closing() const;
    /// What take() gave: the sequence it came to, and how many frames.
    struct Taken {
      std::int64_t at = 0;
      std::size_t frames = 0;
    };
    /// Appends the frames behind `after` that pass, until there are `max` bytes; nothing when the tail does not reach
    /// back so far.
    std::optional<Taken> take(std::int64_t after, std::size_t max, std::string& out);

   private:
    Tail& tail_;
    std::list<Entry>::iterator entry_;
  };

  Tail(TailNeeds needs, TailSettings settings);

  /// Null when there are as many streams as there may be, when the client has half of them, and after close().
  [[nodiscard]] std::unique_ptr<Seat> take_seat(const ClientId& client, const EventFilter& filter);
  /// Follows the log until a stop is asked for.
  void run(const std::stop_token& stop);
  /// One look at the log and the clock, as run() does again and again.
  void step();
  /// Ends all streams, and lets none begin.
  void close();

 private:
  struct Frame {
    std::int64_t sequence = 0;
    std::string kind;
    std::string space;
    std::string text;
  };
  struct Reach {
    bool known = false;
    std::int64_t to = 0;
  };

  [[nodiscard]] std::optional<Reach> reach_if_needed();
  void begin_at(std::int64_t sequence);
  Result<void> follow();
  void add(std::vector<Frame> frames, std::int64_t to);
  void wake_due();
  void leave(std::list<Entry>::iterator entry);
  void tell(const Result<void>& followed);

  const TailNeeds needs_;
  const TailSettings settings_;
  bool troubled_ = false;  ///< run()'s thread only

  mutable std::mutex mutex_;  ///< over everything below
  std::list<Entry> entries_;
  std::deque<Frame> frames_;  ///< ascending; every event from behind `from_` up to `to_`
  std::size_t bytes_ = 0;
  bool known_ = false;  ///< whether `from_` and `to_` mean anything: not while there are no streams
  std::int64_t from_ = 0;
  std::int64_t to_ = 0;
  bool closed_ = false;
};

}  // namespace strongroom::events

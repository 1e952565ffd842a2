#include "events/tail.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "events/envelope.hpp"

namespace strongroom::events {
namespace {

/// Other processes do not ring: so long at most a stream does not know of their events.
constexpr Duration kNap = std::chrono::milliseconds(250);
/// A step ends after so many pages, so that what is due is not kept waiting by a flood.
constexpr int kPagesMax = 20;

}  // namespace

// ---- Seat -----------------------------------------------------------------------------------------------------------

Tail::Seat::~Seat() { tail_.leave(entry_); }

void Tail::Seat::on_ready(std::function<void()> wake) {
  const std::lock_guard lock(tail_.mutex_);
  entry_->wake = std::move(wake);
}

void Tail::Seat::filter(const EventFilter& filter) {
  const std::lock_guard lock(tail_.mutex_);
  entry_->filter = filter;
}

void Tail::Seat::wait_until(Duration due) {
  const std::lock_guard lock(tail_.mutex_);
  entry_->due = due;
}

bool Tail::Seat::closing() const {
  const std::lock_guard lock(tail_.mutex_);
  return tail_.closed_;
}

std::optional<Tail::Seat::Taken> Tail::Seat::take(std::int64_t after, std::size_t max, std::string& out) {
  const std::lock_guard lock(tail_.mutex_);
  if (!tail_.known_ || after < tail_.from_) return std::nullopt;
  Taken taken{after, 0};
  const std::size_t before = out.size();
  auto frame = std::ranges::upper_bound(tail_.frames_, after, {}, &Frame::sequence);
  for (; frame != tail_.frames_.end() && out.size() - before < max; ++frame) {
    taken.at = frame->sequence;
    if (!entry_->filter.passes(frame->kind, frame->space)) continue;
    out.append(frame->text);
    ++taken.frames;
  }
  return taken;
}

// ---- Tail -----------------------------------------------------------------------------------------------------------

Tail::Tail(TailNeeds needs, TailSettings settings) : needs_(needs), settings_(std::move(settings)) {}

std::unique_ptr<Tail::Seat> Tail::take_seat(const ClientId& client, const EventFilter& filter) {
  const std::lock_guard lock(mutex_);
  if (closed_ || entries_.size() >= settings_.streams_max) return nullptr;
  const auto own = std::ranges::count(entries_, client, &Entry::client);
  if (static_cast<std::size_t>(own) >= std::max<std::size_t>(1, settings_.streams_max / 2)) return nullptr;
  entries_.push_back({client, filter});
  needs_.metrics.set(metric::kEventStreams, {}, static_cast<double>(entries_.size()));
  return std::make_unique<Seat>(*this, std::prev(entries_.end()));
}

void Tail::leave(std::list<Entry>::iterator entry) {
  const std::lock_guard lock(mutex_);
  entries_.erase(entry);
  needs_.metrics.set(metric::kEventStreams, {}, static_cast<double>(entries_.size()));
}

void Tail::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const Entry& entry : entries_) {
    if (entry.wake) entry.wake();
  }
}

void Tail::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const std::uint64_t seen = needs_.catalogue.news(News::events);
    step();
    needs_.catalogue.wait_for_news(News::events, seen, needs_.clock.since_boot() + kNap, stop);
  }
}

void Tail::step() {
  tell(follow());
  wake_due();
}

/// Nothing when nobody reads: then the tail is forgotten, and nobody asks the database.
std::optional<Tail::Reach> Tail::reach_if_needed() {
  const std::lock_guard lock(mutex_);
  if (!entries_.empty()) return Reach{known_, to_};
  known_ = false;
  frames_.clear();
  bytes_ = 0;
  return std::nullopt;
}

Result<void> Tail::follow() {
  const auto reach = reach_if_needed();
  if (!reach) return ok();
  TRY(const std::int64_t last, needs_.log.last_sequence());
  if (!reach->known) {
    begin_at(last);
    return ok();
  }
  std::int64_t to = reach->to;
  for (int pages = 0; to < last && pages < kPagesMax; ++pages) {
    TRY(const EventPage page, needs_.log.events_after(to, {}, limits::kEventsAtOnce, limits::kEventsAtOnce));
    // Where nothing is left behind `to`, what `last` stood for has been removed again.
    to = page.more ? page.looked_at : std::max(page.looked_at, last);
    std::vector<Frame> frames;
    for (const LoggedEvent& logged : page.events) {
      const OutgoingEvent& event = logged.event;
      frames.push_back({event.sequence, event.kind, event.space, frame(logged, settings_.context_url)});
    }
    add(std::move(frames), to);
  }
  return ok();
}

/// Streams that were opened meanwhile may lack what lies before it: they read the log up to there.
void Tail::begin_at(std::int64_t sequence) {
  const std::lock_guard lock(mutex_);
  known_ = true;
  from_ = to_ = sequence;
  for (const Entry& entry : entries_) {
    if (entry.wake) entry.wake();
  }
}

void Tail::add(std::vector<Frame> frames, std::int64_t to) {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    const bool concerned = std::ranges::any_of(
        frames, [&entry](const Frame& frame) { return entry.filter.passes(frame.kind, frame.space); });
    if (concerned && entry.wake) entry.wake();
  }
  for (Frame& frame : frames) {
    bytes_ += frame.text.size();
    frames_.push_back(std::move(frame));
  }
  to_ = to;
  while (!frames_.empty() && (frames_.size() > limits::kTailEventsMax || bytes_ > limits::kTailBytesMax)) {
    bytes_ -= frames_.front().text.size();
    from_ = frames_.front().sequence;
    frames_.pop_front();
  }
}

void Tail::wake_due() {
  const Duration now = needs_.clock.since_boot();
  const std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) {
    if (entry.due > now || !entry.wake) continue;
    entry.due = Duration::max();
    entry.wake();
  }
}

/// Once for each trouble: this is tried again four times a second.
void Tail::tell(const Result<void>& followed) {
  if (!followed && !troubled_) {
    needs_.journal.write(LogLevel::warning, "events_not_followed", {{"error", followed.error().text()}});
  }
  troubled_ = !followed;
}

}  // namespace strongroom::events

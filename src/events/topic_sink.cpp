#include "events/topic_sink.hpp"

#include <algorithm>
#include <utility>

#include "events/envelope.hpp"
#include "events/registered_version.hpp"

namespace strongroom::events {
namespace {

constexpr Duration kNap = std::chrono::seconds(1);
constexpr Duration kFirstPause = std::chrono::seconds(1);
constexpr Duration kLongestPause = std::chrono::minutes(5);
constexpr std::size_t kAtOnce = 100;
constexpr std::size_t kGlance = 2000;

/// What is told of one bag stays in order.
std::string group_of(const LoggedEvent& logged, const std::string& body) {
  if (logged.then) return logged.then->ingest.request.bag.str();
  const auto bag = registered_bag(body);
  if (bag) return bag->str();
  // What is told to operators is of no space, and a group must have a name.
  return logged.event.space.empty() ? logged.event.kind : logged.event.space;
}

}  // namespace

std::string topic_sink_name(const std::string& topic) { return "topic " + topic; }

TopicSink::TopicSink(const TopicSinkNeeds& needs, const TopicSinkSettings& settings, std::stop_token stop)
    : needs_(needs), settings_(settings), sink_(topic_sink_name(settings.topic)), stop_(std::move(stop)) {}

Result<void> TopicSink::settle(std::int64_t position, std::vector<RefusedDocument> refused) {
  TRY_VOID(needs_.sinks.settle_sink({sink_, position, {}, std::move(refused)}));
  needs_.metrics.set(metric::kTopicSequence, {settings_.name}, static_cast<double>(position));
  return {};
}

/// As a rule, what has happened before is not news to anybody who subscribes now.
Result<void> TopicSink::begin() {
  if (settings_.from_start) return settle(0);
  TRY(const std::int64_t last, needs_.log.last_sequence());
  return settle(last);
}

Result<void> TopicSink::set_aside(const LoggedEvent& logged, const std::string& body, const std::string& reason) {
  const OutgoingEvent& event = logged.event;
  needs_.journal.write(
      LogLevel::error, "notice_refused",
      {{"sink", settings_.name}, {"event", event.id}, {"sequence", std::to_string(event.sequence)}, {"error", reason}});
  if (!needs_.set_aside) {
    return settle(event.sequence, {{{settings_.topic, event.id}, 1, event.sequence, reason, needs_.clock.now()}});
  }
  TRY_VOID(needs_.set_aside({0, settings_.name, event.id, body, reason, needs_.clock.now()}));
  return settle(event.sequence);
}

Result<void> TopicSink::publish(const LoggedEvent& logged) {
  const OutgoingEvent& event = logged.event;
  if (event.reindex && !settings_.repeats) return settle(event.sequence);
  const std::string body = body_of(logged);
  const Result<std::string> message = settings_.compose ? settings_.compose(logged) : body;
  Result<void> published;
  if (message) {
    published = needs_.topic.publish({event.id, event.sequence, group_of(logged, body), *message});
  } else {
    published = message.error();
  }
  if (!published && published.error().act != Act::rejected) return published.error();
  needs_.metrics.add(metric::kTopicNotices, {settings_.name, published ? "published" : "refused"}, 1);
  return published ? settle(event.sequence) : set_aside(logged, body, published.error().what);
}

Result<bool> TopicSink::publish_some() {
  TRY(SinkState state, needs_.sinks.sink_state(sink_));
  if (!state.is_known) {
    TRY_VOID(begin());
    TRY(state, needs_.sinks.sink_state(sink_));
  }
  needs_.metrics.set(metric::kTopicSequence, {settings_.name}, static_cast<double>(state.position));
  TRY(const EventPage page, needs_.log.events_after(state.position, settings_.filter, kAtOnce, kGlance));
  if (page.looked_at <= state.position) return false;
  for (const LoggedEvent& logged : page.events) {
    if (stop_.stop_requested()) return temporary("asked to stop", {}, Reason::stopped);
    TRY_VOID(publish(logged));
  }
  TRY_VOID(settle(page.looked_at));
  return true;
}

void TopicSink::run() {
  std::string told;
  bool is_well = false;
  const auto tell_barred = [this](const std::string& why) {
    if (needs_.tell_barred) needs_.tell_barred(why);
  };
  Duration pause = kFirstPause;
  while (!stop_.stop_requested()) {
    const std::uint64_t seen = needs_.catalogue.news(News::events);
    const Result<bool> done = publish_some();
    if (!done) {
      if (done.error().reason == Reason::stopped) return;
      is_well = false;
      if (done.error().act == Act::broken) tell_barred(done.error().what);
      if (std::exchange(told, done.error().text()) != done.error().text()) {
        needs_.journal.write(LogLevel::error, "topic_behind", {{"sink", settings_.name}, {"error", told}});
      }
      needs_.clock.wait_until(needs_.clock.since_boot() + pause, stop_);
      pause = std::min(pause * 2, kLongestPause);
      continue;
    }
    told.clear();
    if (!std::exchange(is_well, true)) tell_barred({});
    pause = kFirstPause;
    if (!*done) needs_.catalogue.wait_for_news(News::events, seen, needs_.clock.since_boot() + kNap, stop_);
  }
}

}  // namespace strongroom::events

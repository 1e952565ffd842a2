#include "cli/follow.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cli/readable.hpp"

namespace strongroom::cli {
namespace {

constexpr Duration kFirstPause = std::chrono::milliseconds(200);
constexpr Duration kLongestPause = std::chrono::seconds(2);

/// The colour of what an event tells.
std::string_view tone_of(std::string_view description) {
  const std::string_view said = description.substr(0, description.find(" - "));
  if (said.ends_with(" failed") || description.starts_with("Callback failed")) return "failed";
  if (said.ends_with(" retrying")) return "processing";
  return "";
}

}  // namespace

Follower::Follower(ApiSession& session, const Surroundings& surroundings, bool json)
    : session_(session),
      surroundings_(surroundings),
      paint_(Paint::for_out(surroundings)),
      json_(json),
      line_(surroundings.console) {}

void Follower::say(const std::string& text) {
  line_.clear();
  if (!json_) surroundings_.console.out(text + "\n");
}

void Follower::say(const EventView& event) {
  const std::string text = one_line(event.description);
  say(paint_.dim(readable_instant(event.created)) + "  " + paint_.status(tone_of(event.description), text));
}

Exit Follower::refuse(const Error& error) {
  line_.clear();
  return complain(surroundings_.console, Exit::unavailable, error);
}

Exit Follower::follow(IngestView view, std::size_t shown) {
  Clock& clock = surroundings_.clock;
  Duration pause = kFirstPause;
  shown_ = shown;
  while (true) {
    const Result<std::string> document = session_.request_patiently("GET", "/ingests/" + view.id, clock);
    if (!document) return refuse(document.error());
    const std::optional<IngestView> next = read_ingest(*document);
    if (!next) return refuse(broken("the service's answer is not an ingest"));
    view = *next;
    if (show_news(view)) pause = kFirstPause;
    if (view.has_ended()) return conclude(view, *document);
    clock.wait_until(clock.since_boot() + pause, {});
    pause = std::min(pause * 3 / 2, kLongestPause);
  }
}

/// Prints the events that are new, and how far the work is. True when there was something new.
bool Follower::show_news(const IngestView& view) {
  const bool news = view.events.size() > shown_;
  for (; shown_ < view.events.size(); ++shown_) say(view.events[shown_]);
  if (!view.progress.empty()) {
    const ProgressView& step = view.progress.front();
    line_.show(step.step, step.amount, surroundings_.clock.since_boot());
  }
  return news;
}

Exit Follower::conclude(const IngestView& view, const std::string& document) {
  const bool succeeded = view.status == "succeeded";
  const std::string version = succeeded && !view.version.empty() ? " " + view.version : "";
  say(paint_.status(view.status) + ": " + one_line(view.bag + version));
  if (!succeeded) say("`strongroom report " + view.id + "` lists everything that was found.");
  if (json_) surroundings_.console.out(document + "\n");
  return succeeded ? Exit::success : Exit::failed;
}

}  // namespace strongroom::cli

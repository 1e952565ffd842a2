// `GET /events/stream` (http-api.md 6.3): events as they come, for as long as the client may have them.
//
// A body that has nothing to send holds no thread: the tail wakes it. Nothing is kept for a client that does not read;
// the server ends its connection when it takes no byte for a minute.
#include <algorithm>

#include "api/auth.hpp"
#include "api/endpoints.hpp"
#include "api/event_query.hpp"
#include "api/http_errors.hpp"
#include "api/logged_body.hpp"
#include "base/text.hpp"
#include "events/envelope.hpp"

namespace strongroom::api {
namespace {

constexpr std::string_view kLastEventId = "Last-Event-ID";
/// A comment every 15 s of silence (http-api.md 6.3); a second is for the way to the client.
constexpr Duration kSilence = std::chrono::seconds(14);
/// How often token and grant are looked at while nothing is sent. Before anything is sent they always are.
constexpr Duration kLookAgain = std::chrono::seconds(5);
constexpr std::size_t kPiece = 64 * limits::kKiB;
/// Looked at in one pull; a reader far behind then goes to the end of the queue of requests.
constexpr std::size_t kGlance = 2'000;

class EventStreamBody final : public HttpBody {
 public:
  EventStreamBody(const Call& call, EventFilter filter, std::int64_t after, std::unique_ptr<events::Tail::Seat> seat)
      : service_(call.service),
        scope_(call.route->scope),
        request_id_(call.request_id),
        filter_(std::move(filter)),
        at_(after),
        seat_(std::move(seat)) {
    for (const auto& [name, value] : call.head.headers) {
      if (to_lower_ascii(name) == "authorization") credentials_.emplace_back(name, value);
    }
    quiet_since_ = checked_ = now();
  }
  ~EventStreamBody() override {
    service_.needs.log.write(LogLevel::info, "event_stream_ended",
                             {{"requestId", request_id_.str()}, {"why", why_}, {"sent", std::to_string(sent_)}});
  }
  EventStreamBody(const EventStreamBody&) = delete;
  EventStreamBody& operator=(const EventStreamBody&) = delete;

  void on_ready(std::function<void()> wake) override {
    wake_ = wake;
    seat_->on_ready(std::move(wake));
  }

  Result<Pull> pull(std::string& out, std::size_t /*max*/) override {
    if (!greeted_) {
      greeted_ = true;
      out.append("retry: 3000\n\n");
      return Pull::bytes;
    }
    if (seat_->closing()) return end("the service is stopping");
    if (now() - checked_ >= kLookAgain) {
      TRY(const Access access, look_again());
      if (access == Access::ended) return Pull::end;
    }
    TRY(const Found found, find());
    if (found.frames > 0) return send(found, out);
    at_ = found.at;
    if (found.more) {
      // Others have their turn first.
      if (wake_) wake_();
      return Pull::not_yet;
    }
    if (now() - quiet_since_ >= kSilence) {
      quiet_since_ = now();
      out.append(":\n\n");
      return Pull::bytes;
    }
    seat_->wait_until(std::min(quiet_since_ + kSilence, checked_ + kLookAgain));
    return Pull::not_yet;
  }

 private:
  enum class Access : std::uint8_t { same, changed, ended };
  /// Frames behind `at_`, and the place behind them.
  struct Found {
    std::int64_t at = 0;
    std::size_t frames = 0;
    bool more = false;
    std::string text{};
  };

  [[nodiscard]] Duration now() const { return service_.needs.clock.since_boot(); }

  Pull end(std::string why) {
    why_ = std::move(why);
    return Pull::end;
  }

  /// What was withdrawn acts at once: nothing is sent before token and grant were looked at.
  Result<Pull> send(const Found& found, std::string& out) {
    TRY(const Access access, look_again());
    if (access == Access::ended) return Pull::end;
    // Found by a grant that is no more: `at_` has not moved, so the next pull finds by the new one.
    if (access == Access::changed) return Pull::bytes;
    out.append(found.text);
    at_ = found.at;
    sent_ += found.frames;
    quiet_since_ = now();
    service_.needs.metrics.add(metric::kEventsSent, {"stream"}, static_cast<double>(found.frames));
    return Pull::bytes;
  }

  Result<Access> look_again() {
    checked_ = now();
    const ApiNeeds& needs = service_.needs;
    TRY(const auto who, authenticate(needs.accounts, needs.clock.now(), credentials_));
    const auto* caller = std::get_if<Caller>(&who);
    if (caller == nullptr || !caller->has_scope(scope_) ||
        (filter_.space && !caller->may_use(scope_, *filter_.space))) {
      why_ = caller == nullptr ? "the token is no longer valid" : "the grant was withdrawn";
      return Access::ended;
    }
    EventFilter now_allowed = filter_;
    keep_to_rights(now_allowed, *caller, scope_);
    if (now_allowed == filter_) return Access::same;
    filter_ = std::move(now_allowed);
    seat_->filter(filter_);
    return Access::changed;
  }

  /// From the tail, or from the log when the tail does not reach back so far.
  Result<Found> find() {
    Found found;
    if (const auto taken = seat_->take(at_, kPiece, found.text)) {
      found.at = taken->at;
      found.frames = taken->frames;
      return found;
    }
    TRY(const EventPage page, service_.needs.event_log.events_after(at_, filter_, limits::kEventsAtOnce, kGlance));
    found.at = page.looked_at;
    found.frames = page.events.size();
    found.more = page.more;
    for (const LoggedEvent& logged : page.events) found.text.append(events::frame(logged, service_.context_url));
    return found;
  }

  const Service& service_;
  const std::string scope_;
  const RequestId request_id_;
  HttpHeaders credentials_;
  EventFilter filter_;
  std::int64_t at_;  ///< everything up to here was sent or left out
  std::unique_ptr<events::Tail::Seat> seat_;
  std::function<void()> wake_;
  bool greeted_ = false;
  Duration quiet_since_{};
  Duration checked_{};
  std::uint64_t sent_ = 0;
  std::string why_ = "the client went away";
};

/// The place to go on from that the header names, else the query; nothing: from now on.
std::optional<std::int64_t> place_of(const Call& call, const EventQuery& query, std::vector<std::string>& faults) {
  const auto sent = find_header(call.head.headers, kLastEventId);
  if (!sent) return query.after;
  const auto place = parse_sequence(*sent);
  if (!place || count_headers(call.head.headers, kLastEventId) != 1) {
    faults.push_back("Invalid value in header Last-Event-ID: must be a whole number.");
  }
  return place;
}

HttpResponse too_many(const Call& call) {
  HttpResponse response = call.fail(503, "There are too many event streams, or the service is stopping.");
  response.headers.emplace_back("Retry-After", "5");
  return response;
}

}  // namespace

HttpResponse stream_events(Call& call) {
  const Service& service = call.service;
  std::vector<std::string> faults;
  EventQuery query(call, faults);
  std::optional<std::int64_t> after = place_of(call, query, faults);
  if (!faults.empty()) return call.fail(400, join(faults, "\n"));
  if (!after) {
    const auto last = service.needs.event_log.last_sequence();
    if (!last) return call.fault(last.error());
    after = *last;
  }
  auto seat = service.needs.tail.take_seat(call.caller->client(), query.filter);
  if (!seat) return too_many(call);
  HttpResponse response;
  response.headers.emplace_back("Content-Type", "text/event-stream");
  // Proxies that collect answers before they pass them on are asked not to.
  response.headers.emplace_back("X-Accel-Buffering", "no");
  response.body =
      logged_body(std::make_shared<EventStreamBody>(call, std::move(query.filter), *after, std::move(seat)), call);
  return response;
}

}  // namespace strongroom::api

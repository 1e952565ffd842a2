// The API over a real catalogue, with what tests of events need: events of every kind, and a reader of the stream.
#pragma once

#include "api/desk_fixture.hpp"
#include "base/text.hpp"

namespace strongroom::test {

/// One event as the stream gave it.
struct StreamedEvent {
  std::int64_t id = 0;
  std::string kind;
  boost::json::object data;
};

/// An open stream, read as a server would: only when it was woken, as far as it goes.
class OpenStream {
 public:
  explicit OpenStream(HttpResponse response) : response_(std::move(response)) {
    if (response_.body) response_.body->on_ready([this] { woken = again_ = true; });
  }
  OpenStream(const OpenStream&) = delete;
  OpenStream& operator=(const OpenStream&) = delete;

  /// Pulls until there is nothing for now, `pieces` times at most.
  void read(int pieces = 1'000'000) {
    while (woken && !ended && pieces-- > 0) {
      again_ = false;
      const auto pulled = response_.body->pull(text, 4096);
      ended = !pulled || *pulled == Pull::end;
      broken_off = !pulled;
      // Woken from within the pull: it is to be asked again.
      if (pulled && *pulled == Pull::not_yet) woken = again_;
    }
  }
  /// What has come so far, whole events only.
  [[nodiscard]] std::vector<StreamedEvent> events() const {
    std::vector<StreamedEvent> all;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find("\n\n", at);
      if (end == std::string::npos) break;
      StreamedEvent event;
      for (const std::string_view line : split(std::string_view(text).substr(at, end - at), '\n')) {
        if (line.starts_with("id: ")) event.id = std::stoll(std::string(line.substr(4)));
        if (line.starts_with("event: ")) event.kind = line.substr(7);
        if (line.starts_with("data: ")) event.data = boost::json::parse(line.substr(6)).as_object();
      }
      if (event.id > 0) all.push_back(std::move(event));
      at = end + 2;
    }
    return all;
  }
  [[nodiscard]] std::vector<std::int64_t> ids() const {
    std::vector<std::int64_t> all;
    for (const StreamedEvent& event : events()) all.push_back(event.id);
    return all;
  }
  [[nodiscard]] int comments() const {
    int count = 0;
    for (const std::string_view line : split(text, '\n')) count += line.starts_with(":") ? 1 : 0;
    return count;
  }
  [[nodiscard]] const HttpResponse& response() const { return response_; }

  std::string text;
  bool woken = true;
  bool ended = false;
  bool broken_off = false;

 private:
  bool again_ = false;
  HttpResponse response_;
};

class EventsTest : public DeskTest {
 protected:
  /// One settle that appends `count` events of this kind in this space.
  void append(const std::string& kind, const std::string& space, int count = 1) {
    const auto claim = bench.claim(bench.ann);
    ASSERT_TRUE(claim);
    Settle settle = bench.settle(claim->lease, *bench.stored(claim->ingest));
    for (int i = 0; i < count; ++i) {
      settle.writes.emplace_back(AppendOutgoing{bench.uuid(), kind, space, R"({"space":")" + space + "\"}"});
    }
    settle.afterwards = Afterwards::release;
    ASSERT_TRUE(bench.catalogue->settle(settle));
  }
  /// Every event there is, by the list.
  std::vector<std::int64_t> all_ids() {
    std::vector<std::int64_t> ids;
    const auto page = catalogue->events_after(0, {}, 100'000, 100'000);
    for (const LoggedEvent& logged : page->events) {
      ids.push_back(logged.event.sequence);
    }
    return ids;
  }

  std::unique_ptr<OpenStream> open(const std::string& client, const std::string& query = {},
                                   const std::string& last_event_id = {}) {
    HttpRequestHead head{"GET", "/storage/v1/events/stream" + query, {{"Authorization", "Bearer " + client}}, "", {}};
    if (!last_event_id.empty()) head.headers.emplace_back("Last-Event-ID", last_event_id);
    auto exchange = handler->begin(std::move(head));
    auto early = exchange->early();
    return std::make_unique<OpenStream>(early ? std::move(*early) : exchange->finish());
  }
  /// The tail looks, and the stream is read.
  void turn(OpenStream& stream) {
    event_tail->step();
    stream.read();
  }
};

}  // namespace strongroom::test

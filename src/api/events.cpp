// `GET /events` (http-api.md 6.2): the outgoing events behind a sequence, written as the socket takes them.
#include <algorithm>

#include "api/endpoints.hpp"
#include "api/event_query.hpp"
#include "api/http_errors.hpp"
#include "api/logged_body.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "domain/event_kinds.hpp"
#include "events/envelope.hpp"

namespace strongroom::api {
namespace {

/// How far a list has come, and how far it may go.
struct Reading {
  EventQuery query;
  std::size_t limit = 0;  ///< events still to be given
  std::size_t look = limits::kEventsLookedAtMax;
};

Result<EventPage> next_page(const Service& service, const Reading& reading, std::int64_t after) {
  return service.needs.event_log.events_after(after, reading.query.filter,
                                              std::min(reading.limit, limits::kEventsAtOnce), reading.look);
}

/// The document, a few events at a time: each part is a look of its own into the log.
class EventsBody final : public HttpBody {
 public:
  EventsBody(const Service& service, Reading reading, EventPage first)
      : service_(service), reading_(std::move(reading)), limit_(reading_.limit), page_(std::move(first)) {}

  Result<Pull> pull(std::string& out, std::size_t /*max*/) override {
    if (ended_) return Pull::end;
    if (!begun_) begin(out);
    write_page(out);
    if (!page_.more || reading_.limit == 0 || reading_.look == 0) {
      end(out);
    } else {
      TRY(page_, next_page(service_, reading_, page_.looked_at));
    }
    return Pull::bytes;
  }

 private:
  void begin(std::string& out) {
    out.append("{\"@context\":");
    append_json_string(out, service_.context_url);
    out.append(R"(,"type":"EventList","results":[)");
    begun_ = true;
  }

  void write_page(std::string& out) {
    for (const LoggedEvent& logged : page_.events) {
      out.append(any_ ? "," : "").append(events::envelope(logged));
      any_ = true;
    }
    reading_.limit -= page_.events.size();
    reading_.look -= page_.looked;
    service_.needs.metrics.add(metric::kEventsSent, {"list"}, static_cast<double>(page_.events.size()));
  }

  void end(std::string& out) {
    const std::string place = std::to_string(page_.looked_at);
    out.append("],\"lastSequence\":").append(place);
    if (page_.more) {
      out.append(",\"next\":");
      append_json_string(out, service_.config.public_base_url + "/events?after=" + place + "&" +
                                  reading_.query.filters + "limit=" + std::to_string(limit_));
    }
    out.push_back('}');
    ended_ = true;
  }

  const Service& service_;
  Reading reading_;
  const std::size_t limit_;
  EventPage page_;
  bool begun_ = false;
  bool any_ = false;
  bool ended_ = false;
};

}  // namespace

std::optional<std::int64_t> parse_sequence(std::string_view text) {
  const auto number = parse_number(text);
  return number ? std::optional(static_cast<std::int64_t>(*number)) : std::nullopt;
}

void keep_to_rights(EventFilter& filter, const Caller& caller, std::string_view scope) {
  const auto right = [&](std::string_view kind, std::string_view of_kind) {
    const std::vector<std::string> nowhere;
    return KindRight{std::string(kind), caller.has_scope(of_kind) ? caller.spaces_of(of_kind) : nowhere};
  };
  filter.allowed_spaces = caller.spaces_of(scope);
  filter.rights = {right(kTransferUpdate, "transfers:read"), right(kOperatorAlert, "operator")};
}

EventQuery::EventQuery(const Call& call, std::vector<std::string>& faults) {
  for (const std::string_view name : {"kind", "space"}) {
    const std::string value = call.query_text(name);
    if (!value.empty()) filters.append(name).append("=").append(percent_encode(value, ",")).append("&");
  }
  if (const std::string kinds = call.query_text("kind"); !kinds.empty()) {
    for (const std::string_view kind : split(kinds, ',')) filter.kinds.emplace_back(kind);
  }
  if (const std::string space = call.query_text("space"); !space.empty()) filter.space = space;
  keep_to_rights(filter, *call.caller, call.route->scope);
  const std::string place = call.query_text("after");
  if (place.empty()) return;
  after = parse_sequence(place);
  if (!after) faults.push_back(Query::fault_line("after", place, "must be a whole number."));
}

HttpResponse list_events(Call& call) {
  std::vector<std::string> faults;
  Reading reading{EventQuery(call, faults)};
  reading.limit = call.query.limit(faults);
  if (!faults.empty()) return call.fail(400, join(faults, "\n"));
  // The first look comes before the status: what cannot be read at all is no answer that breaks off.
  auto first = next_page(call.service, reading, reading.query.after.value_or(0));
  if (!first) return call.fault(first.error());
  HttpResponse response = json_response(200, {});
  response.body = logged_body(std::make_shared<EventsBody>(call.service, std::move(reading), std::move(*first)), call);
  return response;
}

}  // namespace strongroom::api

// `GET /ingests` (http-api.md 4.5): newest first, a page at a time, written one ingest after the other as the socket
// takes them.
#include <algorithm>

#include "api/cursor.hpp"
#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/ingest_view.hpp"
#include "api/logged_body.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"

namespace strongroom::api {
namespace {

/// What the query asks for, or the lines of its 400.
class ListQuery {
 public:
  explicit ListQuery(const Call& call) : call_(call) {
    read_statuses();
    filter.space = given("space");
    filter.external_identifier = given("externalIdentifier");
    filter.created_from = instant("createdAfter");
    filter.created_before = instant("createdBefore");
    filter.allowed_spaces = call.caller->spaces_of(call.route->scope);
    limit = call_.query.limit(faults_);
    read_place();
  }

  /// Everything that chooses what the list has, as one text; also what its cursors are bound to.
  [[nodiscard]] std::string list() const {
    std::string text;
    for (const std::string_view name : {"status", "space", "externalIdentifier", "createdAfter", "createdBefore"}) {
      if (const auto value = given(name)) text.append(name).append("=").append(percent_encode(*value, "")).append("&");
    }
    return text;
  }
  [[nodiscard]] std::string faults() const { return join(faults_, "\n"); }

  IngestFilter filter;
  std::size_t limit = 0;
  std::optional<ListPlace> place;

 private:
  /// A parameter without a value counts as left out.
  [[nodiscard]] std::optional<std::string> given(std::string_view name) const {
    const auto value = call_.query.find(name);
    return value && !value->empty() ? std::optional(std::string(*value)) : std::nullopt;
  }
  void fault(std::string_view name, std::string_view value, std::string_view rule) {
    faults_.push_back(Query::fault_line(name, value, rule));
  }
  void read_statuses() {
    const auto value = given("status");
    if (!value) return;
    for (const std::string_view name : split(*value, ',')) {
      const auto status = parse_status(name);
      if (!status) {
        fault("status", *value, "must be one or several of accepted, processing, succeeded, failed, with commas.");
        return;
      }
      if (std::ranges::find(filter.statuses, *status) == filter.statuses.end()) filter.statuses.push_back(*status);
    }
  }
  std::optional<Instant> instant(std::string_view name) {
    auto value = given(name);
    if (!value) return std::nullopt;
    // The plus of an offset reads as a space in a query, and people forget to encode it.
    if (const auto space = value->rfind(' '); space != std::string::npos && space > 10) value->at(space) = '+';
    const auto parsed = parse_instant(*value);
    if (!parsed) fault(name, *value, "must be an instant such as 2024-05-01T09:30:00Z.");
    return parsed;
  }
  void read_place() {
    const auto value = given("cursor");
    if (!value) return;
    place = read_cursor(*value, list());
    if (!place) fault("cursor", *value, "must be a cursor of this list.");
  }

  const Call& call_;
  std::vector<std::string> faults_;
};

/// The document, one ingest at a time.
class ListBody final : public HttpBody {
 public:
  ListBody(const Service& service, ClientId reader, std::vector<Ingest> ingests, std::string next)
      : service_(service), reader_(std::move(reader)), ingests_(std::move(ingests)), next_(std::move(next)) {}

  Result<Pull> pull(std::string& out, std::size_t max) override {
    if (ended_) return Pull::end;
    const std::size_t before = out.size();
    if (at_ == 0) {
      out.append("{\"@context\":");
      append_json_string(out, service_.context_url);
      out.append(R"(,"type":"ResultList","results":[)");
    }
    while (at_ < ingests_.size() && out.size() - before < max) {
      TRY(const std::string view, ingest_view(service_, reader_, ingests_[at_], {}));
      out.append(at_ == 0 ? "" : ",").append(view);
      ++at_;
    }
    if (at_ == ingests_.size()) close(out);
    return Pull::bytes;
  }

 private:
  void close(std::string& out) {
    out.push_back(']');
    if (!next_.empty()) {
      out.append(",\"next\":");
      append_json_string(out, next_);
    }
    out.push_back('}');
    ended_ = true;
  }

  const Service& service_;
  const ClientId reader_;
  const std::vector<Ingest> ingests_;
  const std::string next_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace

HttpResponse list_ingests(Call& call) {
  const ListQuery query(call);
  if (const std::string faults = query.faults(); !faults.empty()) return call.fail(400, faults);
  const Service& service = call.service;
  // One more than is shown tells whether there is a next page.
  auto ingests = service.needs.desk.list_ingests(query.filter, query.place, query.limit + 1);
  if (!ingests) return call.fault(ingests.error());
  std::string next;
  if (ingests->size() > query.limit) {
    ingests->pop_back();
    next = service.config.public_base_url + "/ingests?" + query.list() + "limit=" + std::to_string(query.limit) +
           "&cursor=" + make_cursor({ingests->back().created, ingests->back().id}, query.list());
  }
  HttpResponse response = json_response(200, {});
  response.body = logged_body(
      std::make_shared<ListBody>(service, call.caller->client(), std::move(*ingests), std::move(next)), call);
  return response;
}

}  // namespace strongroom::api

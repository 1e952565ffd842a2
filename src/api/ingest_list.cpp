// `GET /ingests` (http-api.md 4.5): newest first, a page at a time, written one ingest after the other as the socket
// takes them.

#include "api/cursor.hpp"
#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/ingest_view.hpp"
#include "api/list_query.hpp"
#include "api/logged_body.hpp"
#include "base/json_text.hpp"

namespace strongroom::api {
namespace {

/// What the query asks for, or the lines of its 400.
struct ListQuery {
  explicit ListQuery(const Call& call)
      : parameters(call, {"status", "space", "externalIdentifier", "createdAfter", "createdBefore"}) {
    filter.statuses = parameters.words(
        "status", parse_status, "must be one or several of accepted, processing, succeeded, failed, with commas.");
    filter.space = parameters.given("space");
    filter.external_identifier = parameters.given("externalIdentifier");
    filter.created_from = parameters.instant("createdAfter");
    filter.created_before = parameters.instant("createdBefore");
    filter.allowed_spaces = call.caller->spaces_of(call.route->scope);
    limit = parameters.limit();
    place = parameters.place(read_cursor);
  }

  ListParameters parameters;
  IngestFilter filter;
  std::size_t limit = 0;
  std::optional<ListPlace> place;
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
  if (const std::string faults = query.parameters.faults(); !faults.empty()) return call.fail(400, faults);
  const Service& service = call.service;
  // One more than is shown tells whether there is a next page.
  auto ingests = service.needs.desk.list_ingests(query.filter, query.place, query.limit + 1);
  if (!ingests) return call.fault(ingests.error());
  std::string next;
  if (ingests->size() > query.limit) {
    ingests->pop_back();
    next = query.parameters.next_url(
        "/ingests", query.limit, make_cursor({ingests->back().created, ingests->back().id}, query.parameters.list()));
  }
  HttpResponse response = json_response(200, {});
  response.body = logged_body(
      std::make_shared<ListBody>(service, call.caller->client(), std::move(*ingests), std::move(next)), call);
  return response;
}

}  // namespace strongroom::api

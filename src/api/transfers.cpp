// Packages on their way through Archivematica, for those who look (transfers.md 16.1): the list, written one record
// after the other as the socket takes them, a record, and the texts of its logs.

#include "api/cursor.hpp"
#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/list_query.hpp"
#include "api/logged_body.hpp"
#include "api/transfer_view.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "transfers/record_view.hpp"

namespace strongroom::api {
namespace {

constexpr std::string_view kStatusRule =
    "must be one or several of received, checking, rejected, submitting, accepted, processing, stored, failed, with "
    "commas.";

std::string cursor_of(const TransferPlace& place, const std::string& list) {
  return seal_cursor(std::to_string(microseconds_of(place.created)) + " " + std::to_string(place.number), list);
}

std::optional<TransferPlace> place_of(std::string_view cursor, const std::string& list) {
  const auto text = open_cursor(cursor, list);
  const auto parts = text ? split(*text, ' ') : std::vector<std::string_view>();
  if (parts.size() != 2) return std::nullopt;
  const auto created = parse_number(parts[0]);
  const auto number = parse_number(parts[1]);
  if (!created || !number) return std::nullopt;
  return TransferPlace{instant_of(static_cast<std::int64_t>(*created)), static_cast<std::int64_t>(*number)};
}

/// What the query asks for, or the lines of its 400.
struct ListQuery {
  explicit ListQuery(const Call& call)
      : parameters(call, {"status", "area", "key", "prefix", "identifier", "transferId", "delayed", "unresolved",
                          "createdAfter", "createdBefore"}) {
    filter.states = parameters.words("status", parse_transfer_state, kStatusRule);
    filter.area = parameters.given("area");
    filter.key = parameters.given("key");
    filter.key_prefix = parameters.given("prefix");
    filter.identifier = parameters.given("identifier");
    filter.transfer_id = parameters.given("transferId");
    filter.delayed = parameters.flag("delayed");
    filter.unresolved = parameters.flag("unresolved");
    filter.created_after = parameters.instant("createdAfter");
    filter.created_before = parameters.instant("createdBefore");
    filter.allowed_spaces = call.caller->spaces_of(call.route->scope);
    limit = parameters.limit();
    place = parameters.place(place_of);
  }

  ListParameters parameters;
  TransferFilter filter;
  std::size_t limit = 0;
  std::optional<TransferPlace> place;
};

/// The document, one record at a time.
class ListBody final : public HttpBody {
 public:
  ListBody(const Service& service, std::vector<Transfer> transfers, std::string next)
      : service_(service), transfers_(std::move(transfers)), next_(std::move(next)) {}

  Result<Pull> pull(std::string& out, std::size_t max) override {
    if (ended_) return Pull::end;
    const std::size_t before = out.size();
    if (at_ == 0) {
      out.append("{\"@context\":");
      append_json_string(out, service_.context_url);
      out.append(R"(,"type":"ResultList","results":[)");
    }
    while (at_ < transfers_.size() && out.size() - before < max) {
      out.append(at_ == 0 ? "" : ",").append(transfers::record_view(transfers_[at_]));
      ++at_;
    }
    if (at_ == transfers_.size()) close(out);
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
  const std::vector<Transfer> transfers_;
  const std::string next_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace

std::variant<Transfer, HttpResponse> transfer_of_path(const Call& call) {
  const std::string text(call.capture("id"));
  const auto unknown = [&] { return call.fail(404, "Transfer " + one_line(text) + " not found"); };
  if (!is_uuid(text)) return unknown();
  auto found = call.service.needs.transfers.find_transfer(to_lower_ascii(text));
  if (!found) return call.fault(found.error());
  if (!*found || !call.may_use((*found)->expected_space)) return unknown();
  return std::move(**found);
}

HttpResponse transfer_response(const Call& call, int status, const Transfer& transfer) {
  return json_response(status, transfers::record_view(transfer, call.service.context_url));
}

HttpResponse list_transfers(Call& call) {
  const ListQuery query(call);
  if (const std::string faults = query.parameters.faults(); !faults.empty()) return call.fail(400, faults);
  auto page = call.service.needs.transfers.find_transfers(query.filter, query.place, query.limit);
  if (!page) return call.fault(page.error());
  std::string next;
  if (page->next) {
    const std::string cursor = cursor_of(*page->next, query.parameters.list());
    next = query.parameters.next_url("/transfers", query.limit, cursor);
  }
  HttpResponse response = json_response(200, {});
  response.body =
      logged_body(std::make_shared<ListBody>(call.service, std::move(page->transfers), std::move(next)), call);
  return response;
}

HttpResponse get_transfer(Call& call) {
  const auto found = transfer_of_path(call);
  if (const auto* refusal = std::get_if<HttpResponse>(&found)) return *refusal;
  return transfer_response(call, 200, std::get<Transfer>(found));
}

HttpResponse get_transfer_log(Call& call) {
  const auto found = transfer_of_path(call);
  if (const auto* refusal = std::get_if<HttpResponse>(&found)) return *refusal;
  const std::string result(call.capture("result"));
  const auto& transfer = std::get<Transfer>(found);
  const TransferLog* log = transfers::find_log(transfer, result);
  if (log == nullptr) return call.fail(404, "Transfer " + transfer.id + " has no log " + one_line(result));
  HttpResponse response;
  response.status = 200;
  response.text = log->text;
  response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  return response;
}

}  // namespace strongroom::api

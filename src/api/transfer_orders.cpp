// What may be done about packages over HTTP (transfers.md 2.5, 3.2, 16.1): retry, dismiss, and telling of new ones.
#include <functional>

#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/request_members.hpp"
#include "api/transfer_view.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "transfers/intake.hpp"
#include "transfers/record_view.hpp"
#include "transfers/steering.hpp"

namespace strongroom::api {
namespace {

/// Somebody else may change the package between our look and our order.
constexpr int kLooks = 3;
/// Seconds after which a notification is to be repeated that could not be kept.
constexpr const char* kRepeat = "5";

/// What an order makes of a package, by whom and when.
using Order = std::function<Result<Transfer>(const Transfer& before, Instant now)>;

struct Wording {
  int status;             ///< of the answer when it was done
  std::string_view verb;  ///< `retried`
  std::string_view action;
  std::string outcome = "done";
};

/// Carries an order out on the package as it is now.
HttpResponse carry_out(const Call& call, const Order& order, const Wording& wording) {
  const ApiNeeds& needs = call.service.needs;
  const auto refused = [&](const std::string& id, const std::string& why) {
    return call.fail(409, "Transfer " + id + " cannot be " + std::string(wording.verb) + ": " + why + ".");
  };
  for (int look = 1;; ++look) {
    const auto found = transfer_of_path(call);
    if (const auto* refusal = std::get_if<HttpResponse>(&found)) return *refusal;
    const auto& before = std::get<Transfer>(found);
    const Instant now = needs.clock.now();
    auto after = order(before, now);
    if (!after) {
      const bool never = after.error().reason != Reason::conflict;
      return never ? call.fail(400, "Invalid value: " + after.error().what) : refused(before.id, after.error().what);
    }
    TransferSave save{.transfer = std::move(*after)};
    save.notice =
        TransferNotice{random_uuid(needs.entropy), save.transfer.expected_space, transfers::record_view(save.transfer)};
    const auto changed =
        needs.transfers.change_transfer(before, save,
                                        {call.caller->client().str(), std::string(wording.action),
                                         "transfer " + before.id, wording.outcome, call.request_id.str(), now});
    if (changed) return transfer_response(call, wording.status, save.transfer);
    if (changed.error().reason != Reason::conflict) return call.fault(changed.error());
    if (look == kLooks) return refused(before.id, changed.error().what);
  }
}

/// The body's one object; rejected with the lines of the 400.
template <class Read>
Result<void> read_body(const std::string& body, const Read& read) {
  const auto root = parse_strict_json(body);
  if (!root) return rejected("The request content was malformed:\n" + root.error().what);
  MemberReader reader;
  reader.root(*root);
  if (root->kind == JsonKind::object) read(reader, *root);
  if (const std::string lines = reader.lines(); !lines.empty()) return rejected(lines);
  return {};
}

std::string receipt_document(const Call& call, const transfers::IntakeReceipt& receipt) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("@context", call.service.context_url).member("type", "TransferEventReceipt");
  writer.member("accepted", std::uint64_t{receipt.accepted}).member("known", std::uint64_t{receipt.known});
  writer.member("ignored", std::uint64_t{receipt.ignored}).key("malformed").begin_array();
  for (const transfers::MalformedRecord& record : receipt.malformed) {
    writer.begin_object().member("index", std::uint64_t{record.index});
    writer.member("description", record.description).end_object();
  }
  writer.end_array().end_object();
  return text;
}

}  // namespace

HttpResponse retry_transfer(Call& call, const std::string& body) {
  bool anew = false;
  if (!body.empty()) {
    const auto read = read_body(body, [&](MemberReader& reader, const JsonValue& root) {
      anew = reader.boolean(&root, ".newSubmission").value_or(false);
    });
    if (!read) return call.fail(400, read.error().what);
  }
  if (auto refusal = call.query_refusal()) return std::move(*refusal);
  const std::string client = call.caller->client().str();
  return carry_out(call,
                   [&](const Transfer& before, Instant now) { return transfers::retried(before, anew, client, now); },
                   {202, "retried", audit_action::kTransferRetried, anew ? "new submission" : "done"});
}

HttpResponse dismiss_transfer(Call& call, const std::string& body) {
  if (body.empty()) return call.fail(400, "Request entity expected but not supplied");
  std::string reason;
  const auto read = read_body(body, [&](MemberReader& reader, const JsonValue& root) {
    reason = reader.text(&root, ".reason", true).value_or("");
  });
  if (!read) return call.fail(400, read.error().what);
  if (trim_blanks(reason).empty()) return call.fail(400, "Invalid value at .reason: must not be empty.");
  if (auto refusal = call.query_refusal()) return std::move(*refusal);
  const std::string client = call.caller->client().str();
  const Duration overdue_after = call.service.config.transfers_overdue_after;
  return carry_out(call,
                   [&](const Transfer& before, Instant now) {
                     return transfers::dismissed(before, reason, client, now, overdue_after);
                   },
                   {200, "dismissed", audit_action::kTransferDismissed});
}

HttpResponse take_transfer_events(Call& call, const std::string& body) {
  if (auto refusal = call.query_refusal()) return std::move(*refusal);
  const ApiNeeds& needs = call.service.needs;
  const auto receipt =
      transfers::take_in({needs.transfers, needs.dead_letters, needs.clock, needs.entropy, needs.log, needs.metrics},
                         call.service.config.transfers, "http", body);
  if (receipt) return json_response(200, receipt_document(call, *receipt));
  if (receipt.error().act == Act::rejected) return call.fail(400, receipt.error().what);
  needs.log.write(LogLevel::error, "notification_not_kept",
                  {{"requestId", call.request_id.str()}, {"error", receipt.error().text()}});
  HttpResponse response = call.fail(503, "The notification could not be kept: please repeat it.");
  response.headers.emplace_back("Retry-After", kRepeat);
  return response;
}

}  // namespace strongroom::api

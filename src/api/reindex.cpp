// `POST /reindex` (http-api.md 6.4): writes down what is to be emitted once more, and answers with a receipt.
#include "events/reindex.hpp"

#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/request_members.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"

namespace strongroom::api {
namespace {

/// The body's two members as sent.
struct Asked {
  std::optional<std::string> space;
  std::optional<std::string> external_identifier;
};

/// Rejected with the lines of the 400.
Result<Asked> decode(const std::string& body) {
  if (body.empty()) return Asked{};
  const auto root = parse_strict_json(body);
  if (!root) return rejected("The request content was malformed:\n" + root.error().what);
  MemberReader reader;
  reader.root(*root);
  Asked asked{reader.text(&*root, ".space", false), reader.text(&*root, ".externalIdentifier", false)};
  if (const std::string lines = reader.lines(); !lines.empty()) return rejected(lines);
  return asked;
}

Result<ReindexScope> judge(const Asked& asked) {
  ReindexScope scope;
  std::vector<std::string> lines;
  const auto invalid = [&lines](const std::string& path, const std::string& fault) {
    lines.push_back(one_line("Invalid value at " + path + ": " + fault));
  };
  if (asked.space) {
    auto space = Space::parse(*asked.space);
    if (!space) invalid(".space", space.error().what);
    if (space) scope.space = std::move(*space);
  }
  if (asked.external_identifier && !asked.space) {
    invalid(".externalIdentifier", "needs .space.");
  } else if (asked.external_identifier) {
    auto identifier = ExternalIdentifier::parse(*asked.external_identifier);
    if (!identifier) invalid(".externalIdentifier", identifier.error().what);
    if (identifier) scope.external_identifier = std::move(*identifier);
  }
  if (!lines.empty()) return rejected(join(lines, "\n"));
  return scope;
}

/// The 403 for a scope beyond the grant.
std::optional<HttpResponse> refusal_of(const Call& call, const ReindexScope& scope) {
  if (scope.space) {
    if (call.may_use(scope.space->str())) return std::nullopt;
    return call.forbidden_space(scope.space->str());
  }
  if (!call.caller->spaces_of(call.route->scope)) return std::nullopt;
  return call.deny("space", "This client may not use every space: name one of its own");
}

HttpResponse receipt_response(const Call& call, const events::ReindexReceipt& receipt) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("@context", call.service.context_url).member("type", "Reindex");
  writer.member("id", receipt.id).member("requestedDate", format_instant(receipt.requested));
  writer.member("bagVersions", receipt.bag_versions).end_object();
  return json_response(202, std::move(text));
}

}  // namespace

HttpResponse reindex(Call& call, const std::string& body) {
  const auto asked = decode(body);
  if (!asked) return call.fail(400, asked.error().what);
  if (auto refusal = call.query_refusal()) return std::move(*refusal);
  auto scope = judge(*asked);
  if (!scope) return call.fail(400, scope.error().what);
  if (auto refusal = refusal_of(call, *scope)) return std::move(*refusal);
  const ApiNeeds& needs = call.service.needs;
  const auto receipt = events::request_reindex(needs.event_log, needs.clock, needs.entropy,
                                               {std::move(*scope), call.caller->client(), call.request_id});
  if (receipt) return receipt_response(call, *receipt);
  const Error& error = receipt.error();
  if (error.act == Act::rejected && error.reason == Reason::not_found) {
    return call.fail(404, "Storage manifest " + error.where + " not found");
  }
  return call.fault(error);
}

}  // namespace strongroom::api

// Subscriptions (http-api.md 9.4): who is told of events by POST. Their deliveries are made elsewhere.
#include <algorithm>

#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/request_members.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "domain/callback_url.hpp"
#include "domain/event_kinds.hpp"

namespace strongroom::api {
namespace {

/// Dead letters shown with their subscription; all of them are counted.
constexpr std::size_t kLettersShown = 100;

using Spaces = std::optional<std::vector<std::string>>;

/// The body's members as sent.
struct Asked {
  std::string url;
  std::vector<std::string> kinds;
  Spaces spaces;
  std::optional<std::uint64_t> from;
};

/// Rejected with the lines of the 400.
Result<Asked> decode(const std::string& body) {
  if (body.empty()) return rejected("Request entity expected but not supplied");
  const auto root = parse_strict_json(body);
  if (!root) return rejected("The request content was malformed:\n" + root.error().what);
  MemberReader reader;
  reader.root(*root);
  Asked asked;
  asked.url = reader.text(&*root, ".url", true).value_or("");
  asked.kinds = reader.texts(&*root, ".kinds").value_or(std::vector<std::string>());
  asked.spaces = reader.texts(&*root, ".spaces");
  asked.from = reader.whole_number(&*root, ".from");
  if (const std::string lines = reader.lines(); !lines.empty()) return rejected(lines);
  return asked;
}

/// The lines of the 400; empty when fine.
std::string faults_of(const Asked& asked, const CallbackPolicy& policy) {
  std::vector<std::string> lines;
  if (const std::string fault = callback_url_fault(asked.url, policy); !fault.empty()) {
    lines.push_back("Invalid value at .url: " + fault);
  }
  for (const std::string& kind : asked.kinds) {
    if (std::ranges::find(kEventKinds, kind) != kEventKinds.end()) continue;
    lines.push_back(one_line("Unrecognised value at .kinds: got \"" + kind +
                             "\", valid values are: bag-update, ingest-update, operator-alert, registered-bag, "
                             "transfer-update."));
    break;
  }
  for (const std::string& space : asked.spaces.value_or(std::vector<std::string>())) {
    const auto parsed = Space::parse(space);
    if (parsed) continue;
    lines.push_back(one_line("Invalid value at .spaces: " + parsed.error().what));
    break;
  }
  if (asked.spaces && asked.spaces->empty()) lines.emplace_back("Invalid value at .spaces: must name a space.");
  return join(lines, "\n");
}

/// The 403 for spaces beyond the grant.
std::optional<HttpResponse> refusal_of(const Call& call, const Spaces& spaces) {
  if (!spaces) {
    if (!call.caller->spaces_of(call.route->scope)) return std::nullopt;
    return call.deny("space", "This client may not use every space: name some of its own");
  }
  const auto beyond = std::ranges::find_if_not(*spaces, [&](const std::string& space) { return call.may_use(space); });
  return beyond == spaces->end() ? std::nullopt : std::optional(call.forbidden_space(*beyond));
}

/// The 403 for kinds that ask for more than the right to subscribe.
std::optional<HttpResponse> refusal_of_kinds(const Call& call, const Asked& asked) {
  constexpr std::string_view kScope = "transfers:read";
  if (std::ranges::find(asked.kinds, kTransferUpdate) == asked.kinds.end()) return std::nullopt;
  if (!call.caller->has_scope(kScope)) {
    return call.deny("scope", "This client may not read transfers: transfer-update needs the scope transfers:read");
  }
  const auto may_read = [&](const std::string& space) { return call.caller->may_use(kScope, space); };
  const bool everywhere = !call.caller->spaces_of(kScope);
  if (everywhere || (asked.spaces && std::ranges::all_of(*asked.spaces, may_read))) return std::nullopt;
  return call.deny("space", "This client may not read the transfers of all these spaces");
}

bool is_visible(const Call& call, const Subscription& subscription) {
  const auto allowed = call.caller->spaces_of(call.route->scope);
  if (!allowed) return true;
  return subscription.spaces &&
         std::ranges::all_of(*subscription.spaces, [&](const std::string& space) { return call.may_use(space); });
}

void write_texts(JsonWriter& writer, std::string_view name, const std::vector<std::string>& texts) {
  writer.key(name).begin_array();
  for (const std::string& text : texts) writer.text(text);
  writer.end_array();
}

void write_members(JsonWriter& writer, const Call& call, const Subscription& subscription) {
  const bool creator = subscription.client == call.caller->client();
  writer.member("type", "Subscription").member("id", subscription.id);
  writer.member("url", creator ? subscription.url : masked_callback_url(subscription.url));
  write_texts(writer, "kinds", subscription.kinds);
  if (subscription.spaces) write_texts(writer, "spaces", *subscription.spaces);
  writer.member("createdDate", format_instant(subscription.created)).member("requestedBy", subscription.client.str());
  writer.member("sequence", subscription.position).member("deadLetterCount", subscription.dead_letters);
  if (!subscription.trouble_since) return;
  writer.member("attempt", subscription.attempts).member("detail", subscription.detail);
  writer.member("failingSince", format_instant(*subscription.trouble_since));
}

std::string document(const Call& call, const Subscription& subscription, const std::vector<DeadLetter>& letters) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("@context", call.service.context_url);
  write_members(writer, call, subscription);
  writer.key("deadLetters").begin_array();
  for (const DeadLetter& letter : letters) {
    writer.begin_object().member("type", "DeadLetter").member("sequence", letter.sequence).member("kind", letter.kind);
    writer.member("endedDate", format_instant(letter.ended)).member("detail", letter.detail).end_object();
  }
  writer.end_array().end_object();
  return text;
}

Deed deed_of(const Call& call, std::string_view action, const std::string& id) {
  return {call.caller->client().str(), std::string(action),           "subscription " + id, "done",
          call.request_id.str(),       call.service.needs.clock.now()};
}

HttpResponse not_found(const Call& call) {
  return call.fail(404, "Subscription " + std::string(call.capture("id")) + " not found");
}

/// The one that the path names, when the caller may see it.
Result<std::optional<Subscription>> named_in(const Call& call) {
  TRY(auto found, call.service.needs.subscriptions.find_subscription(to_lower_ascii(call.capture("id"))));
  if (found && !is_visible(call, *found)) found.reset();
  return found;
}

/// The subscription with its dead letters.
HttpResponse shown(const Call& call, int status, const Subscription& subscription) {
  const auto letters = call.service.needs.subscriptions.dead_letters_of(subscription.id, kLettersShown);
  if (!letters) return call.fault(letters.error());
  return json_response(status, document(call, subscription, *letters));
}

}  // namespace

HttpResponse create_subscription(Call& call, const std::string& body) {
  auto asked = decode(body);
  if (!asked) return call.fail(400, asked.error().what);
  if (auto refusal = call.query_refusal()) return std::move(*refusal);
  const ApiNeeds& needs = call.service.needs;
  if (const std::string faults = faults_of(*asked, call.service.config.callbacks); !faults.empty()) {
    return call.fail(400, faults);
  }
  if (auto refusal = refusal_of(call, asked->spaces)) return std::move(*refusal);
  if (auto refusal = refusal_of_kinds(call, *asked)) return std::move(*refusal);
  Subscription subscription{.id = random_uuid(needs.entropy),
                            .url = std::move(asked->url),
                            .kinds = std::move(asked->kinds),
                            .spaces = std::move(asked->spaces),
                            .created = needs.clock.now(),
                            .client = call.caller->client()};
  if (asked->from) {
    subscription.position = static_cast<std::int64_t>(*asked->from);
  } else {
    const auto last = needs.event_log.last_sequence();
    if (!last) return call.fault(last.error());
    subscription.position = *last;
  }
  const auto added = needs.subscriptions.add_subscription(
      subscription, deed_of(call, audit_action::kSubscriptionAdded, subscription.id));
  if (!added) return call.fault(added.error());
  HttpResponse response = json_response(201, document(call, subscription, {}));
  response.headers.emplace_back("Location", call.service.config.public_base_url + "/subscriptions/" + subscription.id);
  return response;
}

HttpResponse list_subscriptions(Call& call) {
  const auto all = call.service.needs.subscriptions.list_subscriptions();
  if (!all) return call.fault(all.error());
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("@context", call.service.context_url).member("type", "ResultList");
  writer.key("results").begin_array();
  for (const Subscription& subscription : *all) {
    if (!is_visible(call, subscription)) continue;
    writer.begin_object();
    write_members(writer, call, subscription);
    writer.end_object();
  }
  writer.end_array().end_object();
  return json_response(200, std::move(text));
}

HttpResponse get_subscription(Call& call) {
  const auto found = named_in(call);
  if (!found) return call.fault(found.error());
  return *found ? shown(call, 200, **found) : not_found(call);
}

HttpResponse remove_subscription(Call& call) {
  const auto found = named_in(call);
  if (!found) return call.fault(found.error());
  if (!*found) return not_found(call);
  const auto removed = call.service.needs.subscriptions.remove_subscription(
      (*found)->id, deed_of(call, audit_action::kSubscriptionRemoved, (*found)->id));
  if (!removed) return call.fault(removed.error());
  if (!*removed) return not_found(call);
  HttpResponse response;
  response.status = 204;
  return response;
}

HttpResponse retry_subscription(Call& call) {
  const auto found = named_in(call);
  if (!found) return call.fault(found.error());
  if (!*found) return not_found(call);
  const auto retried = call.service.needs.subscriptions.retry_subscription(
      (*found)->id, deed_of(call, audit_action::kSubscriptionRetried, (*found)->id));
  if (!retried) return call.fault(retried.error());
  return *retried ? shown(call, 202, **found) : not_found(call);
}

}  // namespace strongroom::api

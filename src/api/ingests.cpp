// Endpoints for one ingest (http-api.md 4.1 to 4.4, 4.6).
#include <algorithm>

#include "api/canonical_json.hpp"
#include "api/dry_runs.hpp"
#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/ingest_request.hpp"
#include "api/ingest_view.hpp"
#include "domain/documents.hpp"
#include "ingest/receive.hpp"

namespace strongroom::api {
namespace {

constexpr std::size_t kKeyMax = 255;

bool is_visible_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

/// The key of the request's header, or the 400. Two headers are two keys: neither is taken.
std::variant<std::optional<IdempotencyKey>, HttpResponse> key_of(const Call& call, const std::string& body) {
  const auto sent = find_header(call.head.headers, "Idempotency-Key");
  if (!sent) return std::optional<IdempotencyKey>();
  const auto digest = json_digest(body);
  const bool once = count_headers(call.head.headers, "Idempotency-Key") == 1;
  if (!once || !digest || sent->empty() || sent->size() > kKeyMax || !is_visible_ascii(*sent)) {
    return call.fail(400, "Invalid value in header Idempotency-Key: must be 1 to 255 visible ASCII characters.");
  }
  return std::optional(IdempotencyKey{std::string(*sent), *digest});
}

ingest::ReceiveNeeds receive_needs(const Service& service) {
  return {service.needs.catalogue, service.needs.clock, service.needs.entropy};
}

HttpResponse view_response(const Call& call, int status, const Ingest& ingest) {
  auto view = ingest_view(call.service, call.caller->client(), ingest, call.service.context_url);
  if (!view) return call.fault(view.error());
  return json_response(status, std::move(*view));
}

HttpResponse created(const Call& call, const Accepted& accepted) {
  const Service& service = call.service;
  HttpResponse response = json_response(
      201,
      ingest_document(
          {.ingest = accepted.ingest, .events = {}, .reader = Reader::creator, .context_url = service.context_url}));
  response.headers.emplace_back("Location", service.config.public_base_url + "/ingests/" + accepted.ingest.id.str());
  if (accepted.replayed) response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

}  // namespace

HttpResponse create_ingest(Call& call, const std::string& body) {
  const Service& service = call.service;
  auto decoded = decode_request(body, service.config);
  if (!decoded) return call.fail(400, decoded.error().what);
  if (auto refusal = call.query_refusal()) return std::move(*refusal);
  auto dry_run = wants_dry_run(call);
  if (auto* refusal = std::get_if<HttpResponse>(&dry_run)) return std::move(*refusal);
  auto request = judge_request(*decoded, service.config, call.caller->client());
  if (!request) return call.fail(400, request.error().what);
  auto key = key_of(call, body);
  if (auto* refusal = std::get_if<HttpResponse>(&key)) return std::move(*refusal);
  const std::string space = request->bag.space.str();
  if (!call.may_use(space)) return call.forbidden_space(space);
  // A key binds what is stored. A dry run stores nothing: it lets the key be, so that the very same request can follow.
  if (std::get<bool>(dry_run)) return make_dry_run(call, std::move(*request));

  const auto accepted = ingest::receive(receive_needs(service), std::move(*request), call.request_id,
                                        std::get<std::optional<IdempotencyKey>>(std::move(key)));
  if (accepted) return created(call, *accepted);
  const Error& error = accepted.error();
  if (error.act == Act::rejected && error.reason == Reason::conflict) {
    return call.fail(422, "Idempotency-Key \"" + error.where + "\" was already used with a different request.");
  }
  return call.fault(error);
}

HttpResponse get_ingest(Call& call) {
  auto found = ingest_of_path(call);
  if (auto* refusal = std::get_if<HttpResponse>(&found)) return std::move(*refusal);
  return view_response(call, 200, std::get<Ingest>(found));
}

HttpResponse retry_ingest(Call& call) {
  auto found = ingest_of_path(call);
  if (auto* refusal = std::get_if<HttpResponse>(&found)) return std::move(*refusal);
  const IngestId& id = std::get<Ingest>(found).id;
  const auto retried = ingest::retry(receive_needs(call.service), id, call.caller->client(), call.request_id);
  if (retried) return view_response(call, 202, *retried);
  const Error& error = retried.error();
  if (error.act == Act::rejected && error.reason == Reason::conflict) {
    return call.fail(409, "Ingest " + id.str() + " cannot be retried: " + error.what + ".");
  }
  return call.fault(error);
}

}  // namespace strongroom::api

// Endpoints for ingests (http-api.md 4).
#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/ingest_request.hpp"
#include "domain/documents.hpp"
#include "ingest/receive.hpp"

namespace strongroom::api {
namespace {

std::string document_for(const Call& call, const Ingest& ingest, const std::vector<IngestEvent>& events,
                         std::vector<StepProgress> progress) {
  const bool is_creator = ingest.request.client == call.caller->client();
  return ingest_document(
      {ingest, events, is_creator ? Reader::creator : Reader::other, call.service.context_url, std::move(progress)});
}

Result<std::vector<StepProgress>> progress_for(const Call& call, const Ingest& ingest) {
  if (!ingest.has_work()) return std::vector<StepProgress>();
  TRY(const std::vector<StepRecord> steps, call.service.needs.catalogue.steps_of(ingest.id));
  return progress_of(steps, call.service.config.locations, call.service.needs.clock.now());
}

}  // namespace

HttpResponse create_ingest(Call& call, const std::string& body) {
  const Service& service = call.service;
  auto decoded = decode_request(body, service.config);
  if (!decoded) return call.fail(400, decoded.error().what);
  if (auto refusal = call.query_refusal()) return std::move(*refusal);
  auto request = judge_request(*decoded, service.config, call.caller->client());
  if (!request) return call.fail(400, request.error().what);
  const std::string space = request->bag.space.str();
  if (!call.may_use(space)) return call.forbidden_space(space);

  const ingest::ReceiveNeeds needs{service.needs.catalogue, service.needs.clock, service.needs.entropy};
  const auto ingest = ingest::receive(needs, std::move(*request), call.request_id);
  if (!ingest) return call.fault(ingest.error());
  HttpResponse response = json_response(201, document_for(call, *ingest, {}, {}));
  response.headers.emplace_back("Location", service.config.public_base_url + "/ingests/" + ingest->id.str());
  return response;
}

HttpResponse get_ingest(Call& call) {
  const std::string_view text = call.capture("id");
  const auto not_found = [&] { return call.fail(404, "Ingest " + std::string(text) + " not found"); };
  const auto id = IngestId::parse(text);
  if (!id) return not_found();
  Catalogue& catalogue = call.service.needs.catalogue;
  const auto ingest = catalogue.find_ingest(*id);
  if (!ingest) return call.fault(ingest.error());
  // An ingest of a space outside the grant is unknown to this client (http-api.md 3.3).
  if (!*ingest || !call.may_use((*ingest)->request.bag.space.str())) return not_found();
  const auto events = catalogue.events_of(*id);
  if (!events) return call.fault(events.error());
  auto progress = progress_for(call, **ingest);
  if (!progress) return call.fault(progress.error());
  return json_response(200, document_for(call, **ingest, *events, std::move(*progress)));
}

HttpResponse get_unknown(Call& call) { return call.fail(404, kUnknownRoute); }

}  // namespace strongroom::api

#include "api/ingest_view.hpp"

#include "domain/documents.hpp"

namespace strongroom::api {
namespace {

Result<std::vector<StepProgress>> progress_of_run(const Service& service, const Ingest& ingest) {
  if (!ingest.has_work()) return std::vector<StepProgress>();
  TRY(const std::vector<StepRecord> steps, service.needs.catalogue.steps_of(ingest.id));
  return progress_of(steps, service.config.locations, service.needs.clock.now());
}

}  // namespace

Result<std::string> ingest_view(const Service& service, const ClientId& reader, const Ingest& ingest,
                                std::string_view context_url) {
  TRY(const std::vector<IngestEvent> events, service.needs.catalogue.events_of(ingest.id));
  TRY(std::vector<StepProgress> progress, progress_of_run(service, ingest));
  const bool is_creator = ingest.request.client == reader;
  return ingest_document(
      {ingest, events, is_creator ? Reader::creator : Reader::other, context_url, std::move(progress)});
}

std::variant<Ingest, HttpResponse> ingest_of_path(const Call& call) {
  const std::string text(call.capture("id"));
  const auto id = IngestId::parse(text);
  if (!id) return call.fail(404, "Ingest " + text + " not found");
  auto ingest = call.service.needs.catalogue.find_ingest(*id);
  if (!ingest) return call.fault(ingest.error());
  if (!*ingest || !call.may_use((*ingest)->request.bag.space.str())) {
    return call.fail(404, "Ingest " + text + " not found");
  }
  return std::move(**ingest);
}

}  // namespace strongroom::api

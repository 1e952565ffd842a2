// `GET /ingests/{id}/report` (http-api.md 4.7): everything that was found, streamed from the records store.
#include "api/report_body.hpp"

#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/ingest_view.hpp"
#include "api/logged_body.hpp"
#include "base/json_text.hpp"
#include "domain/layout.hpp"

namespace strongroom::api {
namespace {

constexpr std::size_t kListPage = 1000;

struct Held {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

Result<Held> count_held(ObjectStore& store, const std::string& prefix) {
  Held held;
  std::string after;
  for (;;) {
    TRY(const std::vector<ObjectInfo> page, store.list(prefix, after, kListPage));
    if (page.empty()) return held;
    for (const ObjectInfo& object : page) held.bytes += object.size;
    held.files += page.size();
    after = page.back().key;
  }
}

/// What the ingest left in each location under a number that is nobody else's (pipeline.md 6.4).
Result<void> write_leftovers(std::string& out, const Service& service, const Ingest& ingest) {
  out.append(",\"leftovers\":[");
  TRY(const std::vector<Version> versions, service.needs.desk.left_over_of(ingest.id));
  bool any = false;
  for (const Version version : versions) {
    for (std::size_t i = 0; i < service.needs.locations.size(); ++i) {
      const std::string prefix = layout::version_prefix(ingest.request.bag, version);
      TRY(const Held held, count_held(*service.needs.locations[i], prefix));
      if (held.files == 0) continue;
      if (any) out.push_back(',');
      any = true;
      const LocationFacts& facts = service.config.locations[i];
      JsonWriter(out)
          .begin_object()
          .member("type", "Leftover")
          .member("locationLabel", facts.label)
          .member("prefix", facts.prefix + prefix)
          .member("fileCount", held.files)
          .member("byteCount", held.bytes)
          .end_object();
    }
  }
  out.push_back(']');
  return {};
}

Result<void> write_attempts(std::string& out, const Service& service, const Ingest& ingest) {
  TRY(const auto attempts, service.needs.catalogue.delivery_attempts(ingest.id));
  out.append(",\"callbackAttempts\":[");
  for (const DeliveryAttempt& attempt : attempts) {
    if (&attempt != &attempts.front()) out.push_back(',');
    JsonWriter writer(out);
    writer.begin_object().member("type", "CallbackAttempt").member("delivery", attempt.delivery);
    writer.member("attempt", attempt.attempt).member("createdDate", format_instant(attempt.created));
    writer.member("outcome", attempt.succeeded ? "succeeded" : "failed");
    if (attempt.http_status) writer.member("httpStatus", *attempt.http_status);
    if (!attempt.detail.empty()) writer.member("detail", attempt.detail);
    writer.end_object();
  }
  out.push_back(']');
  return {};
}

}  // namespace

HttpResponse get_report(Call& call) {
  auto found = ingest_of_path(call);
  if (auto* refusal = std::get_if<HttpResponse>(&found)) return std::move(*refusal);
  const auto& ingest = std::get<Ingest>(found);
  const Service& service = call.service;
  const auto steps = service.needs.desk.run_steps_of(ingest.id);
  if (!steps) return call.fault(steps.error());
  auto stages = report_stages(ingest, *steps, service.config.locations);
  if (!stages) return call.fault(stages.error());
  ReportParts parts{service.context_url, ingest.id.str(), ingest.status, {}, std::move(*stages), {}, {}};
  parts.findings = [&service](const ReportStage& stage) { return service.needs.records.get(stage.report_key, {}); };
  parts.ending = [&service, ingest](std::string& out) -> Result<void> {
    TRY_VOID(write_leftovers(out, service, ingest));
    return write_attempts(out, service, ingest);
  };
  HttpResponse response = json_response(200, {});
  response.body = logged_body(report_body(std::move(parts)), call);
  return response;
}

}  // namespace strongroom::api

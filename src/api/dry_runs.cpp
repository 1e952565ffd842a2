#include "api/dry_runs.hpp"

#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/logged_body.hpp"
#include "api/report_body.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "domain/documents.hpp"

namespace strongroom::api {
namespace {

/// How long a request waits for its report (CORRECTNESS 5.2).
constexpr Duration kPatience = std::chrono::seconds(10);
/// Seconds after which asking again makes sense.
constexpr const char* kAskAgain = "1";
constexpr const char* kTryAgain = "30";

HttpResponse unavailable(const Call& call, std::string_view description) {
  HttpResponse response = call.fail(503, description);
  response.headers.emplace_back("Retry-After", kTryAgain);
  return response;
}

/// Nobody's fault that time mends: nothing was found out about the package.
HttpResponse in_trouble(const Call& call, const Error& error) {
  if (error.act != Act::temporary) return call.fault(error);
  if (error.reason == Reason::limit) {
    return unavailable(call, "Too many dry runs are waiting; ask again later");
  }
  return unavailable(call,
                     "The dry run could not be finished: " + one_line(error.what) + "; ask for another one later");
}

/// `respond-async` among the preferences of RFC 7240: the caller would rather ask again than wait.
bool prefers_not_to_wait(const HttpHeaders& headers) {
  for (const auto& [name, value] : headers) {
    if (to_lower_ascii(name) != "prefer") continue;
    for (const std::string_view preference : split(value, ',')) {
      std::string token = to_lower_ascii(preference.substr(0, preference.find_first_of(";=")));
      std::erase_if(token, [](char c) { return c == ' ' || c == '\t'; });
      if (token == "respond-async") return true;
    }
  }
  return false;
}

/// 202: how far it has come.
HttpResponse under_way(const Call& call, const DryRunView& view) {
  const Service& service = call.service;
  const Status status = view.running ? Status::processing : Status::accepted;
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("@context", service.context_url).member("type", "DryRun");
  writer.member("id", view.order.id.str()).key("status").begin_object().member("id", name_of(status));
  writer.member("type", "Status").end_object();
  if (view.running) {
    write_progress(writer, progress_of({*view.running}, service.config.locations, service.needs.clock.now()));
  }
  writer.end_object();
  HttpResponse response = json_response(202, std::move(text));
  response.headers.emplace_back("Location", service.config.public_base_url + "/dry-runs/" + view.order.id.str());
  response.headers.emplace_back("Retry-After", kAskAgain);
  return response;
}

/// Members that only the report of a dry run has.
std::string members_of(const DryRunReport& report) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("dryRun", true);
  if (report.ingest.version) writer.member("version", report.ingest.version->str());
  writer.member("description", report.conclusion).end_object();
  return "," + text.substr(1, text.size() - 2);
}

/// 200: the report, by the same code as an ingest's.
HttpResponse reported(const Call& call, const std::shared_ptr<const DryRunReport>& report) {
  std::vector<RunStep> steps;
  for (const StepRecord& step : report->steps) steps.push_back({report->ingest.run, step});
  auto stages = report_stages(report->ingest, steps, call.service.config.locations);
  if (!stages) return call.fault(stages.error());
  ReportParts parts{call.service.context_url,
                    report->ingest.id.str(),
                    report->ingest.status,
                    members_of(*report),
                    std::move(*stages),
                    {},
                    {}};
  parts.findings = [&runs = call.service.needs.dry_runs, report](const ReportStage& stage) {
    const auto step = parse_step(stage.report_key);
    CHECK(step.has_value());
    return runs.open_findings(*report, *step);
  };
  parts.ending = [](std::string& out) -> Result<void> {
    out.append(R"(,"leftovers":[],"callbackAttempts":[])");
    return {};
  };
  HttpResponse response = json_response(200, {});
  response.body = logged_body(report_body(std::move(parts)), call);
  return response;
}

HttpResponse shown(const Call& call, const DryRunView& view) {
  if (view.report) return reported(call, view.report);
  if (view.trouble) return in_trouble(call, *view.trouble);
  return under_way(call, view);
}

}  // namespace

std::variant<bool, HttpResponse> wants_dry_run(const Call& call) {
  const auto value = call.query.find("dryRun");
  if (!value || *value == "false") return false;
  if (*value == "true") return true;
  return call.fail(400,
                   "Invalid value in query parameter dryRun: got \"" + one_line(*value) + "\", must be true or false.");
}

HttpResponse make_dry_run(const Call& call, IngestRequest request) {
  const ApiNeeds& needs = call.service.needs;
  const auto id = IngestId::parse(random_uuid(needs.entropy));
  CHECK(id.has_value());
  const bool hurried = prefers_not_to_wait(call.head.headers);
  const auto begun =
      needs.dry_runs.begin({*id, std::move(request), call.request_id}, hurried ? Duration::zero() : kPatience);
  if (!begun) return in_trouble(call, begun.error());
  HttpResponse response = shown(call, *begun);
  if (hurried && response.status == 202) response.headers.emplace_back("Preference-Applied", "respond-async");
  return response;
}

HttpResponse get_dry_run(Call& call) {
  const std::string text(call.capture("id"));
  const auto id = IngestId::parse(text);
  const auto view = id ? call.service.needs.dry_runs.find(*id) : std::nullopt;
  // Only who asked may ask again, and only for as long as the space is granted; for all others there is none.
  const bool own =
      view && view->order.request.client == call.caller->client() && call.may_use(view->order.request.bag.space.str());
  if (!own) return call.fail(404, "Dry run " + text + " not found");
  return shown(call, *view);
}

}  // namespace strongroom::api

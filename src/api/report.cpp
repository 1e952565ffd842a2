// `GET /ingests/{id}/report` (http-api.md 4.7): everything that was found, streamed from the records store.
#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/ingest_view.hpp"
#include "api/logged_body.hpp"
#include "api/report_stages.hpp"
#include "base/json_text.hpp"
#include "base/lines.hpp"
#include "domain/layout.hpp"

namespace strongroom::api {
namespace {

constexpr std::size_t kListPage = 1000;

/// The lines of one stage's findings, problems first: they are kept sorted so.
class Findings {
 public:
  static Result<std::unique_ptr<Findings>> open(ObjectStore& records, const std::string& key) {
    TRY(auto source, records.get(key, {}));
    return std::make_unique<Findings>(std::move(source));
  }
  explicit Findings(std::unique_ptr<ByteSource> source) : source_(std::move(source)), lines_(*source_) {}

  /// The next one. There must be one: the catalogue has counted them.
  Result<std::string_view> next() {
    TRY(const std::string_view* line, lines_.next());
    if (line == nullptr) return broken("a report is shorter than the catalogue says", {}, Reason::corrupt);
    return *line;
  }

 private:
  std::unique_ptr<ByteSource> source_;
  LineReader lines_;
};

/// The document, a piece at a time.
class ReportBody final : public HttpBody {
 public:
  ReportBody(const Service& service, Ingest ingest, std::vector<ReportStage> stages)
      : service_(service), ingest_(std::move(ingest)), stages_(std::move(stages)) {}

  Result<Pull> pull(std::string& out, std::size_t max) override {
    if (part_ == Part::ended) return Pull::end;
    const std::size_t before = out.size();
    while (part_ != Part::ended && out.size() - before < max) TRY_VOID(write_part(out));
    return Pull::bytes;
  }

 private:
  enum class Part : std::uint8_t { head, stage, problems, warnings, leftovers, attempts, ended };

  Result<void> write_part(std::string& out) {
    switch (part_) {
      case Part::head:
        write_head(out);
        return {};
      case Part::stage:
        return begin_stage(out);
      case Part::problems:
        return write_finding(out, stages_[at_].problems, "],\"warnings\":[", Part::warnings);
      case Part::warnings:
        return write_finding(out, stages_[at_].warnings, "]}", Part::stage);
      case Part::leftovers:
        return write_leftovers(out);
      case Part::attempts:
        return write_attempts(out);
      case Part::ended:
        return {};
    }
    return {};
  }

  void write_head(std::string& out) {
    std::uint64_t problems = 0;
    std::uint64_t warnings = 0;
    for (const ReportStage& stage : stages_) {
      problems += stage.problems;
      warnings += stage.warnings;
    }
    JsonWriter writer(out);
    writer.begin_object().member("@context", service_.context_url).member("type", "VerificationReport");
    writer.member("id", ingest_.id.str()).key("status").begin_object().member("id", name_of(ingest_.status));
    writer.member("type", "Status").end_object().member("problemCount", problems).member("warningCount", warnings);
    out.append(",\"stages\":[");
    part_ = Part::stage;
  }

  /// The stage behind the last one, or what follows the stages.
  Result<void> begin_stage(std::string& out) {
    if (begun_) ++at_;
    if (at_ == stages_.size()) {
      out.push_back(']');
      part_ = Part::leftovers;
      return {};
    }
    if (begun_) out.push_back(',');
    begun_ = true;
    const ReportStage& stage = stages_[at_];
    findings_.reset();
    if (!stage.report_key.empty()) {
      TRY(findings_, Findings::open(service_.needs.records, stage.report_key));
    }
    out.append(stage_members(stage)).append(",\"problems\":[");
    written_ = 0;
    part_ = Part::problems;
    return {};
  }

  Result<void> write_finding(std::string& out, std::uint64_t all, std::string_view behind, Part next) {
    if (written_ == all) {
      out.append(behind);
      written_ = 0;
      part_ = next;
      return {};
    }
    if (!findings_) return broken("a report is not where the catalogue says", ingest_.id.str(), Reason::corrupt);
    TRY(const std::string_view line, findings_->next());
    out.append(written_ == 0 ? "" : ",").append(line);
    ++written_;
    return {};
  }

  /// What the ingest left in each location under a number that is nobody else's (pipeline.md 6.4).
  Result<void> write_leftovers(std::string& out) {
    out.append(",\"leftovers\":[");
    TRY(const std::vector<Version> versions, service_.needs.desk.left_over_of(ingest_.id));
    bool any = false;
    for (const Version version : versions) {
      for (std::size_t i = 0; i < service_.needs.locations.size(); ++i) {
        const std::string prefix = layout::version_prefix(ingest_.request.bag, version);
        TRY(const Held held, count_held(*service_.needs.locations[i], prefix));
        if (held.files == 0) continue;
        if (any) out.push_back(',');
        any = true;
        const LocationFacts& facts = service_.config.locations[i];
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
    part_ = Part::attempts;
    return {};
  }

  struct Held {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
  };
  static Result<Held> count_held(ObjectStore& store, const std::string& prefix) {
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

  Result<void> write_attempts(std::string& out) {
    TRY(const auto attempts, service_.needs.catalogue.delivery_attempts(ingest_.id));
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
    out.append("]}");
    part_ = Part::ended;
    return {};
  }

  const Service& service_;
  const Ingest ingest_;
  const std::vector<ReportStage> stages_;
  Part part_ = Part::head;
  std::size_t at_ = 0;
  bool begun_ = false;
  std::unique_ptr<Findings> findings_;
  std::uint64_t written_ = 0;
};

}  // namespace

HttpResponse get_report(Call& call) {
  auto found = ingest_of_path(call);
  if (auto* refusal = std::get_if<HttpResponse>(&found)) return std::move(*refusal);
  auto& ingest = std::get<Ingest>(found);
  const Service& service = call.service;
  const auto steps = service.needs.desk.run_steps_of(ingest.id);
  if (!steps) return call.fault(steps.error());
  auto stages = report_stages(ingest, *steps, service.config.locations);
  if (!stages) return call.fault(stages.error());
  HttpResponse response = json_response(200, {});
  response.body = logged_body(std::make_shared<ReportBody>(service, std::move(ingest), std::move(*stages)), call);
  return response;
}

}  // namespace strongroom::api

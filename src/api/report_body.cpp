#include "api/report_body.hpp"

#include "base/json_text.hpp"
#include "base/lines.hpp"

namespace strongroom::api {
namespace {

/// The lines of one stage's findings, problems first: they are kept sorted so.
class Findings {
 public:
  explicit Findings(std::unique_ptr<ByteSource> source) : source_(std::move(source)), lines_(*source_) {}

  /// The next one. There must be one: they have been counted.
  Result<std::string_view> next() {
    TRY(const std::string_view* line, lines_.next());
    if (line == nullptr) return broken("a report is shorter than the catalogue says", {}, Reason::corrupt);
    return *line;
  }

 private:
  std::unique_ptr<ByteSource> source_;
  LineReader lines_;
};

class ReportBody final : public HttpBody {
 public:
  explicit ReportBody(ReportParts parts) : parts_(std::move(parts)) {}

  Result<Pull> pull(std::string& out, std::size_t max) override {
    if (part_ == Part::ended) return Pull::end;
    const std::size_t before = out.size();
    while (part_ != Part::ended && out.size() - before < max) TRY_VOID(write_part(out));
    return Pull::bytes;
  }

 private:
  enum class Part : std::uint8_t { head, stage, problems, warnings, ending, ended };

  Result<void> write_part(std::string& out) {
    switch (part_) {
      case Part::head:
        write_head(out);
        return {};
      case Part::stage:
        return begin_stage(out);
      case Part::problems:
        return write_finding(out, parts_.stages[at_].problems, "],\"warnings\":[", Part::warnings);
      case Part::warnings:
        return write_finding(out, parts_.stages[at_].warnings, "]}", Part::stage);
      case Part::ending:
        TRY_VOID(parts_.ending(out));
        out.push_back('}');
        part_ = Part::ended;
        return {};
      case Part::ended:
        return {};
    }
    return {};
  }

  void write_head(std::string& out) {
    std::uint64_t problems = 0;
    std::uint64_t warnings = 0;
    for (const ReportStage& stage : parts_.stages) {
      problems += stage.problems;
      warnings += stage.warnings;
    }
    JsonWriter writer(out);
    writer.begin_object().member("@context", parts_.context_url).member("type", "VerificationReport");
    writer.member("id", parts_.id).key("status").begin_object().member("id", name_of(parts_.status));
    writer.member("type", "Status").end_object().member("problemCount", problems).member("warningCount", warnings);
    out.append(parts_.more).append(",\"stages\":[");
    part_ = Part::stage;
  }

  /// The stage behind the last one, or what follows the stages.
  Result<void> begin_stage(std::string& out) {
    if (begun_) ++at_;
    if (at_ == parts_.stages.size()) {
      out.push_back(']');
      part_ = Part::ending;
      return {};
    }
    if (begun_) out.push_back(',');
    begun_ = true;
    const ReportStage& stage = parts_.stages[at_];
    findings_.reset();
    if (!stage.report_key.empty()) {
      TRY(auto source, parts_.findings(stage));
      findings_ = std::make_unique<Findings>(std::move(source));
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
    if (!findings_) return broken("a report is not where the catalogue says", parts_.id, Reason::corrupt);
    TRY(const std::string_view line, findings_->next());
    out.append(written_ == 0 ? "" : ",").append(line);
    ++written_;
    return {};
  }

  const ReportParts parts_;
  Part part_ = Part::head;
  std::size_t at_ = 0;
  bool begun_ = false;
  std::unique_ptr<Findings> findings_;
  std::uint64_t written_ = 0;
};

}  // namespace

std::shared_ptr<HttpBody> report_body(ReportParts parts) { return std::make_shared<ReportBody>(std::move(parts)); }

}  // namespace strongroom::api

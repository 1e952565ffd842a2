#include "cli/report.hpp"

#include <algorithm>
#include <memory>

#include "base/text.hpp"
#include "cli/api_session.hpp"
#include "cli/console_sink.hpp"
#include "cli/readable.hpp"
#include "domain/identifiers.hpp"

namespace strongroom::cli {
namespace {

std::string stage_text(const StageView& view, const Paint& paint) {
  const JsonTree& stage = view.stage;
  std::string out = paint.status(stage.text("outcome")) + "  " + paint.bold(one_line(stage.text("name")));
  const std::string label = stage.text("locationLabel");
  if (!label.empty()) out += " [" + one_line(label) + "]";
  const std::uint64_t run = stage.number("run").value_or(1);
  if (run > 1) out += ", run " + std::to_string(run);
  const std::optional<std::uint64_t> files = stage.number("filesChecked");
  if (files) out += ", " + counted(*files, "file") + ", " + readable_size(stage.number("bytesChecked").value_or(0));
  const std::optional<Instant> started = parse_instant(stage.text("startedDate"));
  const std::optional<Instant> ended = parse_instant(stage.text("endedDate"));
  if (started) out += ", begun " + readable_instant(stage.text("startedDate"));
  if (started && ended) out += ", " + readable_duration(*ended - *started);
  return out + "\n" + view.problems.text("problem", paint, "failed") +
         view.warnings.text("warning", paint, "processing");
}

std::string leftovers_text(const JsonTree& document, const Paint& paint) {
  std::string out;
  for (const JsonTree& item : document.list("leftovers")) {
    out += "  " + one_line(item.text("locationLabel")) + ": " + one_line(item.text("prefix")) + ", " +
           counted(item.number("fileCount").value_or(0), "file") + ", " +
           readable_size(item.number("byteCount").value_or(0)) + "\n";
  }
  return out.empty() ? out : "\n" + paint.bold("Left behind in locations") + "\n" + out;
}

std::string callbacks_text(const JsonTree& document, const Paint& paint) {
  std::string out;
  for (const JsonTree& item : document.list("callbackAttempts")) {
    out += "  " + readable_instant(item.text("createdDate")) + "  attempt " +
           std::to_string(item.number("attempt").value_or(0)) + " " + paint.status(item.text("outcome"));
    if (const auto status = item.number("httpStatus")) out += ", HTTP " + std::to_string(*status);
    if (item.has("detail")) out += ", " + one_line(item.text("detail"));
    out += "\n";
  }
  return out.empty() ? out : "\n" + paint.bold("Callback") + "\n" + out;
}

std::string ingest_text(const JsonTree& document, const Paint& paint) {
  return "ingest " + one_line(document.text("id")) + " " + paint.status(document.at("status").text("id"));
}

/// Of a dry run: nothing has happened, so it is told what would.
std::string tried_text(const JsonTree& document, const Paint& paint) {
  const std::string status = document.at("status").text("id");
  if (status == "succeeded") return paint.status(status, "would be stored as " + one_line(document.text("version")));
  return one_line(document.text("description")) + "\n" + paint.status(status, "would be refused");
}

struct ReportOptions {
  std::string id;
  std::uint64_t first = 10;
  bool json = false;
  ServiceOptions service;
};

Exit report(const ReportOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  Result<Credentials> credentials = find_credentials(options.service, console);
  if (!credentials) return complain(console, Exit::usage, credentials.error());
  const std::optional<IngestId> id = IngestId::parse(options.id);
  if (!id) return complain(console, Exit::usage, one_line(options.id) + " is not the id of an ingest");
  ApiSession session(std::move(credentials).value());
  const std::string path = "/ingests/" + id->str() + "/report";
  if (options.json) {
    ConsoleSink sink(console);
    const auto got = session.download(path, sink);
    if (!got) return complain(console, Exit::unavailable, got.error());
    console.out("\n");
    return Exit::success;
  }
  ReportReader reader(options.first);
  JsonStream stream(ReportReader::streamed(),
                    [&](const std::string& array, const JsonTree& element) { reader.take(array, element); });
  const auto got = session.download(path, stream);
  if (!got) return complain(console, Exit::unavailable, got.error());
  const Result<JsonTree> document = stream.finish();
  if (!document) return complain(console, Exit::unavailable, document.error());
  console.out(reader.text(*document, Paint::for_out(surroundings)));
  return Exit::success;
}

}  // namespace

void ReportReader::take(const std::string& array, const JsonTree& element) {
  if (array == "problems") problems_.add(element);
  if (array == "warnings") warnings_.add(element);
  if (array != "stages") return;
  stages_.push_back({element, std::move(problems_), std::move(warnings_)});
  problems_ = FindingsView(first_);
  warnings_ = FindingsView(first_);
}

std::string ReportReader::text(const JsonTree& document, const Paint& paint) const {
  const std::uint64_t problems = document.number("problemCount").value_or(0);
  const std::uint64_t warnings = document.number("warningCount").value_or(0);
  std::string out = (document.is_true("dryRun") ? tried_text(document, paint) : ingest_text(document, paint)) + ": " +
                    counted(problems, "problem") + ", " + counted(warnings, "warning") + "\n";
  if (!stages_.empty()) out += "\n";
  for (const StageView& stage : stages_) out += stage_text(stage, paint);
  return out + leftovers_text(document, paint) + callbacks_text(document, paint);
}

Command report_command() {
  const auto options = std::make_shared<ReportOptions>();
  Command command("report", "show everything that was found about an ingest");
  command.description =
      "Shows the stages of verification with their problems and warnings, grouped by rule, what was left behind in "
      "locations, and the attempts of the callback. It can be asked for at any time and tells what is known so far.\n\n"
      "The exit code does not depend on what was found: a report about a failed ingest is a success.";
  command.examples = {
      {"What is wrong with the bag", "strongroom report 5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11"},
      {"The paths of all files with wrong checksums",
       "strongroom report ID --json | jq -r '.stages[].problems[] | select(.kind == \"wrong-checksum\") | .path'"}};
  command.exits = {{Exit::success, "the report was shown, whatever it says"}};
  command.argument("ID", options->id, "id of an ingest");
  command.option("--first", "N", options->first, "how many problems of each rule are shown; else 10");
  command.flag("--json", options->json, "print the service's document, with every problem, and nothing else");
  add_service_options(command, options->service);
  command.run = [options](const Surroundings& surroundings) { return report(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

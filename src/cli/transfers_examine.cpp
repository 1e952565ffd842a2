#include "cli/transfers_examine.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/local_files.hpp"
#include "cli/readable.hpp"
#include "transfers/examination.hpp"
#include "transfers/feedback_log.hpp"
#include "transfers/package_reader.hpp"

namespace strongroom::cli {
namespace {

struct ExamineOptions {
  std::vector<std::string> paths;
  std::string flavour = "catalogued";
  bool quiet = false;
  bool json = false;
};

struct Examined {
  std::string key;  ///< under which it would be uploaded
  transfers::Examination examination;
};

/// As if it was uploaded below the prefix of that flavour.
Result<Examined> examine(const std::string& path, const ExamineOptions& options) {
  const transfers::CheckSettings settings;
  const auto prefix = std::ranges::find_if(
      settings.prefixes, [&](const transfers::Prefix& one) { return name_of(one.flavour) == options.flavour; });
  Examined examined{prefix->prefix + std::filesystem::path(path).filename().string(), {}};
  if (!transfers::is_package_key(examined.key)) {
    return rejected("a transfer package is a file whose name ends in .zip", path);
  }
  TRY(const auto file, LocalFile::open(path));
  TRY(const auto contents, transfers::read_package(*file));
  examined.examination = transfers::examine(settings, examined.key, contents);
  return examined;
}

/// Of the bag that it would become; nothing when nobody can tell.
std::string identifier_of(const transfers::Examination& examination) {
  const auto& identifiers = examination.identifiers;
  if (identifiers.catalogue_identifier) return *identifiers.catalogue_identifier;
  return identifiers.accession_number.value_or("");
}

std::string text_of(const std::string& path, const Examined& examined) {
  const transfers::Examination& examination = examined.examination;
  std::string text = one_line(path) + "\n" + transfers::checks_text(examination.report) + "Result: ";
  const std::string counts = transfers::counts_of(examination.report.findings);
  if (examination.report.rejected()) return text + "would be REJECTED, " + counts + ".\n";
  text += "would be taken, " + counts + ".";
  const std::string identifier = identifier_of(examination);
  if (!identifier.empty()) {
    text +=
        " It becomes the bag " + one_line(identifier) + " in the space " + one_line(examination.expected_space) + ".";
  }
  return text + "\n";
}

std::string json_of(const std::string& path, const Examined& examined) {
  const transfers::Examination& examination = examined.examination;
  const transfers::FindingList& findings = examination.report.findings;
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().member("path", path).member("key", examined.key);
  writer.member("accepted", !examination.report.rejected());
  const std::string identifier = identifier_of(examination);
  if (!identifier.empty()) writer.member("identifier", identifier).member("space", examination.expected_space);
  writer.member("problems", findings.problems()).member("warnings", findings.warnings());
  writer.key("findings").begin_array();
  for (const transfers::Finding& finding : findings.kept()) {
    writer.begin_object().member("code", finding.code);
    writer.member("severity", finding.severity == transfers::Severity::problem ? "problem" : "warning");
    if (!finding.file.empty()) writer.member("file", finding.file);
    if (finding.line) writer.member("line", *finding.line);
    if (!finding.column.empty()) writer.member("column", finding.column);
    if (!finding.value.empty()) writer.member("value", finding.value);
    writer.member("description", finding.description).end_object();
  }
  writer.end_array().end_object();
  return json + "\n";
}

/// The worst of all packages decides.
Exit transfers_examine(const ExamineOptions& options, const Surroundings& surroundings) {
  Exit worst = Exit::success;
  for (const std::string& path : options.paths) {
    const Result<Examined> examined = examine(path, options);
    if (!examined) {
      worst = std::max(worst, complain(surroundings.console, Exit::usage, examined.error()));
      continue;
    }
    const bool taken = !examined->examination.report.rejected();
    if (options.json) surroundings.console.out(json_of(path, *examined));
    if (!options.json && !(options.quiet && taken)) surroundings.console.out(text_of(path, *examined));
    if (!taken) worst = std::max(worst, Exit::failed);
  }
  return worst;
}

}  // namespace

Command transfers_examine_command() {
  const auto options = std::make_shared<ExamineOptions>();
  Command command("examine", "check transfer packages on this machine");
  command.description =
      "Checks zip files that are to be uploaded for Archivematica as they will be checked after the upload: that the "
      "zip can be read, that metadata/metadata.csv and metadata/rights.csv are where they belong and as they should "
      "be, and that the identifier can be stored. Everything that is wrong is listed, with its line and a sample of "
      "wrong and right. No service is needed and nothing is changed; files of any size are checked at once, as only "
      "their directory and the two CSV files are read.";
  command.examples = {{"One package", "strongroom transfers examine LE_MON_1.zip"},
                      {"An accession", "strongroom transfers examine --flavour accession 2314_2.zip"},
                      {"The codes of all problems",
                       "strongroom transfers examine *.zip --json | jq -r '.findings[] | select(.severity == "
                       "\"problem\") | .code'"}};
  command.exits = {{Exit::success, "all packages would be taken"},
                   {Exit::failed, "a package would be rejected"},
                   {Exit::usage, "wrong arguments, or a package could not be read"}};
  command.argument("PACKAGE", options->paths, "a zip file").completed_by(Completes::file);
  command.option("--flavour", "FLAVOUR", options->flavour, "what packages are identified by; else catalogued")
      .one_of({"catalogued", "accession"});
  command.flag("--quiet", options->quiet, "say nothing about packages that would be taken");
  command.flag("--json", options->json, "print a JSON object a line for each package, with every finding")
      .excludes({"--quiet"});
  command.run = [options](const Surroundings& surroundings) { return transfers_examine(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

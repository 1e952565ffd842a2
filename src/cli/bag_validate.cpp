#include "cli/bag_validate.hpp"

#include <memory>

#include "adapters/host/thread_workers.hpp"
#include "base/json_text.hpp"
#include "base/lines.hpp"
#include "base/text.hpp"
#include "cli/findings_view.hpp"
#include "cli/json_tree.hpp"
#include "cli/local_bag.hpp"
#include "cli/local_files.hpp"
#include "cli/paint.hpp"
#include "cli/profiles.hpp"
#include "cli/readable.hpp"
#include "cli/shared_progress.hpp"
#include "cli/spill_files.hpp"
#include "ingest/report.hpp"

namespace strongroom::cli {
namespace {

struct BagValidateOptions {
  std::vector<std::string> paths;
  std::string rules = "bagit";
  std::string profile;
  std::uint64_t first = 5;
  bool strict = false;
  bool quiet = false;
  bool json = false;
};

/// What came of one bag.
struct Verdict {
  bool valid = false;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  ingest::ReportWriter::Kept found;
};

Result<Verdict> validate(const std::string& path, const BagValidateOptions& options, const bagit::Profile* profile,
                         Workers& workers, const Surroundings& surroundings) {
  SpillFiles spills;
  ingest::ReportWriter findings(spills);
  SharedProgress progress(surroundings, one_line(path), package_size(path));
  const LocalBagNeeds needs{spills, workers, findings,
                            [&](std::uint64_t bytes, std::uint64_t) { progress.add(bytes); }};
  TRY(const LocalBag bag, read_local_bag(path, needs));
  if (bag.view) {
    bagit::CheckRequest request;
    request.rulebook = options.rules == "archive" ? bagit::Rulebook::archive : bagit::Rulebook::bagit;
    request.profile = profile;
    if (!bag.media_type.empty()) request.media_type = bag.media_type;
    TRY_VOID(bagit::check_bag(*bag.view, request, spills, findings, [](const InventoryEntry&) { return ok(); }));
  }
  Verdict verdict;
  verdict.files = bag.files;
  verdict.bytes = bag.bytes;
  TRY(verdict.found, findings.keep());
  verdict.valid = verdict.found.problems == 0 && !(options.strict && verdict.found.warnings > 0);
  return verdict;
}

Result<void> each_finding(const Verdict& verdict, const std::function<void(const JsonTree&)>& take) {
  if (verdict.found.lines == nullptr) return {};
  TRY(const auto source, verdict.found.lines->open());
  LineReader lines(*source);
  for (;;) {
    TRY(const std::string_view* line, lines.next());
    if (line == nullptr) return {};
    const std::optional<JsonTree> finding = JsonTree::parse(std::string(*line));
    if (!finding) return broken("a finding cannot be read again");
    take(*finding);
  }
}

/// One object on one line, so that many bags can be read as a stream.
Result<void> print_json(host::Console& console, const std::string& path, const Verdict& verdict) {
  std::string head;
  JsonWriter json(head);
  json.begin_object().member("path", path).member("valid", verdict.valid);
  json.member("fileCount", verdict.files).member("byteCount", verdict.bytes);
  json.member("problemCount", verdict.found.problems).member("warningCount", verdict.found.warnings);
  console.out(head + ",\"findings\":[");
  bool first = true;
  TRY_VOID(each_finding(verdict, [&](const JsonTree& finding) {
    console.out((first ? "" : ",") + finding.json());
    first = false;
  }));
  console.out("]}\n");
  return {};
}

Result<std::string> text_of(const std::string& path, const Verdict& verdict, std::uint64_t first, const Paint& paint) {
  FindingsView problems(first);
  FindingsView warnings(first);
  TRY_VOID(each_finding(verdict, [&](const JsonTree& finding) {
    (finding.text("rule").starts_with('W') ? warnings : problems).add(finding);
  }));
  return one_line(path) + ": " +
         paint.status(verdict.valid ? "succeeded" : "failed", verdict.valid ? "valid" : "not valid") + ", " +
         counted(verdict.files, "file") + ", " + readable_size(verdict.bytes) + ", " +
         counted(verdict.found.problems, "problem") + ", " + counted(verdict.found.warnings, "warning") + "\n" +
         problems.text("problem", paint, "failed") + warnings.text("warning", paint, "processing");
}

Result<void> print_text(const Surroundings& surroundings, const std::string& path, const BagValidateOptions& options,
                        const Verdict& verdict) {
  if (options.quiet && verdict.valid) return {};
  TRY(const std::string text, text_of(path, verdict, options.first, Paint::for_out(surroundings)));
  surroundings.console.out(text);
  return {};
}

/// The worst of all bags decides.
Exit bag_validate(const BagValidateOptions& options, const Surroundings& surroundings) {
  std::optional<bagit::Profile> profile;
  if (!options.profile.empty()) {
    auto loaded = load_profile(options.profile);
    if (!loaded) return complain(surroundings.console, Exit::usage, loaded.error());
    profile = std::move(*loaded);
  }
  host::ThreadWorkers workers(kReadingHelpers);
  Exit worst = Exit::success;
  for (const std::string& path : options.paths) {
    const Result<Verdict> verdict = validate(path, options, profile ? &*profile : nullptr, workers, surroundings);
    const Result<void> printed = !verdict       ? Result<void>(verdict.error())
                                 : options.json ? print_json(surroundings.console, path, *verdict)
                                                : print_text(surroundings, path, options, *verdict);
    Exit exit = verdict && verdict->valid ? Exit::success : Exit::failed;
    if (!printed) exit = complain(surroundings.console, Exit::usage, printed.error());
    worst = std::max(worst, exit);
  }
  return worst;
}

}  // namespace

Result<bool> is_valid_bag(const std::string& path, const Surroundings& surroundings) {
  const BagValidateOptions options;
  host::ThreadWorkers workers(kReadingHelpers);
  TRY(const Verdict verdict, validate(path, options, nullptr, workers, surroundings));
  if (verdict.valid) return true;
  TRY(const std::string text, text_of(path, verdict, options.first, Paint(false)));
  surroundings.console.err(text);
  return false;
}

Command bag_validate_command() {
  const auto options = std::make_shared<BagValidateOptions>();
  Command command("validate", "check bags on this machine");
  command.description =
      "Checks that bags are complete and valid by BagIt (RFC 8493, and the older versions 0.93 to 0.97), each of them "
      "a "
      "directory or a package: tar, plain or compressed by gzip, zstd, xz or bzip2, or zip. Everything that is wrong "
      "is "
      "listed. No service is needed, nothing is changed and nothing is unpacked.\n\n"
      "With --profile the bags must also follow a BagIt profile (version 1.4 and before) in a local file; its address "
      "is "
      "never asked.\n\n"
      "With --rules archive the bag must also be what the archive takes: an External-Identifier, SHA-256 or SHA-512, "
      "names "
      "that every location can hold. What only the archive knows, such as the version a fetch.txt builds on, is left "
      "to "
      "`strongroom ingest --dry-run`.";
  command.examples = {{"One bag", "strongroom bag validate b12345678"},
                      {"Many packages, only what is wrong", "strongroom bag validate --quiet transfers/*.zip"},
                      {"Against a BagIt profile", "strongroom bag validate b12345678 --profile maps.json"},
                      {"The paths of all files with wrong checksums",
                       "strongroom bag validate b12345678 --json | jq -r '.findings[] | select(.kind == "
                       "\"wrong-checksum\") | .path'"}};
  command.exits = {{Exit::success, "all bags are valid"},
                   {Exit::failed, "a bag is not valid, or has warnings and --strict was given"},
                   {Exit::usage, "wrong arguments, or a bag could not be read"}};
  command.argument("BAG", options->paths, "directory or package").completed_by(Completes::file);
  command.option("--rules", "RULES", options->rules, "what bags are held against; else bagit")
      .one_of({"bagit", "archive"});
  command.option("--profile", "FILE", options->profile, "a BagIt profile that bags must follow too")
      .completed_by(Completes::file);
  command.option("--first", "N", options->first, "how many findings of each rule are shown; else 5");
  command.flag("--strict", options->strict, "warnings make a bag invalid");
  command.flag("--quiet", options->quiet, "say nothing about valid bags");
  command.flag("--json", options->json, "print a JSON object a line for each bag, with every finding")
      .excludes({"--quiet"});
  command.run = [options](const Surroundings& surroundings) { return bag_validate(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

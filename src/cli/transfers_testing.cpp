#include "cli/transfers_testing.hpp"

#include <memory>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/companion_command.hpp"
#include "cli/config_values.hpp"
#include "cli/readable.hpp"
#include "transfers/record_view.hpp"
#include "transfers/test_package.hpp"
#include "transfers/test_run.hpp"

namespace strongroom::cli {
namespace {

constexpr Duration kUsualLimit = std::chrono::hours(6);

struct TestOptions {
  ConfigArguments where;
  std::optional<Duration> wait;  ///< for how long
  std::string area;
  std::string key = std::string(transfers::kTestKey);
  bool force = false;
  bool json = false;
};

/// What a word of the command line leads to.
struct TestRun {
  const TestOptions& options;
  const Surroundings& surroundings;
  Transfers& transfers;
  const transfers::AreaInUse& area;
};

/// Nobody can act on it now, or somebody has to put something right.
Exit complain_of(host::Console& console, const Error& error) {
  return complain(console, error.act == Act::temporary ? Exit::later : Exit::usage, error);
}

/// The one that is named, or the only one; null after a complaint.
const transfers::AreaInUse* choose_area(const Companions& companions, const std::string& name, host::Console& console) {
  std::vector<std::string> names;
  for (const transfers::AreaInUse& area : companions.areas()) names.push_back(area.name);
  if (name.empty() && names.size() == 1) return &companions.areas().front();
  const transfers::AreaInUse* const area = name.empty() ? nullptr : companions.area(name);
  if (area == nullptr) {
    const std::string what = name.empty() ? "there is more than one transfer area: name one with --area"
                                          : "--area " + one_line(name) + ": there is no such transfer area";
    complain(console, Exit::usage, what + "; there are: " + join(names, ", "));
  }
  return area;
}

// ---- what is printed ------------------------------------------------------------------------------------------------

std::string uploaded_text(const transfers::TestUpload& upload) {
  const AreaObject& object = upload.object;
  const std::string which = object.version_id ? "version " + one_line(*object.version_id) : "ETag " + object.etag;
  return "uploaded " + one_line(upload.area) + ": " + one_line(object.key) + " (" + which + ", " +
         counted(object.size, "byte") + ")\n";
}

/// The one document that --json prints; the record is there once it was noticed.
std::string document(const transfers::TestUpload& upload, std::string_view outcome, const Transfer* transfer) {
  const AreaObject& object = upload.object;
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().member("area", upload.area).member("key", object.key);
  if (object.version_id) writer.member("versionId", *object.version_id);
  writer.member("eTag", object.etag).member("size", object.size).member("outcome", outcome);
  if (transfer != nullptr) writer.key("transfer").raw(transfers::record_view(*transfer));
  writer.end_object();
  return json + "\n";
}

std::string_view name_of(transfers::TestEnd end) {
  switch (end) {
    case transfers::TestEnd::stored:
      return "stored";
    case transfers::TestEnd::negative:
      return "negative";
    case transfers::TestEnd::timed_out:
      return "timedOut";
    case transfers::TestEnd::stopped:
      break;
  }
  return "stopped";
}

/// The log that the archivist would find; empty when there is none.
std::string log_text(const Transfer& transfer) {
  for (const char* result : {"failed", "success"}) {
    if (const TransferLog* log = transfers::find_log(transfer, result)) return log->text + "\n";
  }
  return "";
}

// ---- the run --------------------------------------------------------------------------------------------------------

Exit refuse(const TestRun& run, const Transfer& other) {
  const std::string state = other.held ? "held" : std::string(strongroom::name_of(other.state));
  return complain(run.surroundings.console, Exit::unavailable,
                  "another test is under way: transfer " + other.id + " of " + one_line(other.key) + " is " + state +
                      ", and Archivematica might be copying it. Wait until it is processing, take another --key, or "
                      "overwrite it with --force");
}

Exit conclude(const TestRun& run, const transfers::TestUpload& upload, const transfers::TestOutcome& outcome) {
  host::Console& console = run.surroundings.console;
  const Transfer* const transfer = outcome.transfer ? &*outcome.transfer : nullptr;
  const std::string state = transfer == nullptr ? "nobody has noticed it" : "it is " + transfer->label();
  if (run.options.json) console.out(document(upload, name_of(outcome.end), transfer));
  switch (outcome.end) {
    case transfers::TestEnd::stored:
      if (!run.options.json) {
        console.out("stored as " + transfer->bag->space + "/" + transfer->bag->external_identifier + " " +
                    transfer->bag->version + "\n");
      }
      return Exit::success;
    case transfers::TestEnd::negative:
      if (!run.options.json) console.out(log_text(*transfer));
      return complain(console, Exit::failed,
                      "the test was not stored as it should be: " + one_line(transfers::test_failure(*transfer)));
    case transfers::TestEnd::timed_out:
      return complain(console, Exit::timed_out, "the test has not come to its end in time: " + state);
    case transfers::TestEnd::stopped:
      break;
  }
  return complain(console, Exit::later, "stopped waiting: " + state + "; the package goes its way all the same");
}

Exit wait_for(const TestRun& run, const transfers::TestUpload& upload, const std::stop_token& stop) {
  host::Console& console = run.surroundings.console;
  const auto tell = [&](const TransferRemark& change) {
    if (run.options.json) return;
    console.out(shown_instant(format_instant(change.created), console.out_is_terminal()) + "  " +
                one_line(change.description) + "\n");
  };
  const auto tell_unnoticed = [&] {
    console.err(
        "Nobody has noticed the package within 5 minutes: nothing is watching the area, or no notification "
        "arrives there. A sweep may still find it.\n");
  };
  const auto outcome = transfers::follow_test(
      {run.transfers, run.surroundings.clock, *run.options.wait, tell, tell_unnoticed}, upload, stop);
  if (!outcome) return complain(console, Exit::later, outcome.error());
  return conclude(run, upload, *outcome);
}

Exit run_test(const TestRun& run, const std::stop_token& stop) {
  host::Console& console = run.surroundings.console;
  const TestOptions& options = run.options;
  if (!options.force) {
    const auto other = transfers::test_under_way(run.transfers, run.area.name, options.key);
    if (!other) return complain_of(console, other.error());
    if (*other) return refuse(run, **other);
  }
  const auto upload = transfers::upload_test(run.transfers, run.area, options.key,
                                             transfers::test_package(random_uuid(run.surroundings.entropy)));
  if (!upload) return complain_of(console, upload.error());
  if (!options.json) console.out(uploaded_text(*upload));
  if (options.wait) return wait_for(run, *upload, stop);
  if (options.json) console.out(document(*upload, "uploaded", nullptr));
  return Exit::success;
}

Exit start_test(const TestOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const std::optional<Config> config = config_or_complain(options.where, console);
  if (!config) return Exit::usage;
  const auto right_key = transfers::check_test_key(config->transfers.walk.prefixes, options.key);
  if (!right_key) return complain(console, Exit::usage, right_key.error());
  const auto command = CompanionCommand::open(*config, surroundings, Ends::when_asked);
  const auto companions = command ? command->companions() : nullptr;
  if (!companions) return Exit::usage;
  const transfers::AreaInUse* const area = choose_area(*companions, options.area, console);
  if (area == nullptr) return Exit::usage;
  return run_test({options, surroundings, command->data().transfers(), *area}, command->stop());
}

/// `--wait`, or `--wait=DURATION`.
Parameter wait_option(std::optional<Duration>& into) {
  Parameter wait{"--wait", "DURATION", "follow the package until it is stored or known not to be, 6h unless told", {}};
  wait.take = [&into](const std::string& text) {
    const auto limit = text.empty() ? std::optional(kUsualLimit) : parse_duration(text);
    if (!limit || *limit <= Duration::zero()) return std::string("must be a duration such as 90min or 6h");
    into = limit;
    return std::string();
  };
  return wait.value_optional();
}

}  // namespace

Command transfers_start_test_command() {
  const auto options = std::make_shared<TestOptions>();
  Command command("start-test", "send a test package through Archivematica");
  command.description =
      "Makes a small package, a little different each time, and puts it into a transfer area as an archivist would. "
      "What watches the area takes it from there; the bag testing/archivematica-dev/TEST/1 gets one version more. "
      "Nothing is uploaded while the test before it may still be copied by Archivematica.";
  command.examples = {
      {"Start one", "strongroom transfers start-test --config /etc/strongroom.toml"},
      {"And wait until it is stored", "strongroom transfers start-test --config /etc/strongroom.toml --wait=2h"}};
  command.exits = {{Exit::failed, "the package was rejected, failed, or was stored elsewhere"},
                   {Exit::unavailable, "another test is under way: nothing was uploaded"},
                   {Exit::timed_out, "it was not stored in time"},
                   {Exit::later, "the upload failed for now, or waiting was stopped"}};
  command.parameters.push_back(wait_option(options->wait));
  command.option("--area", "AREA", options->area, "the transfer area, when there is more than one");
  command.option("--key", "KEY", options->key, "where it goes; else " + std::string(transfers::kTestKey));
  command.flag("--force", options->force, "upload it although another test is under way");
  command.flag("--json", options->json, "print one JSON document and nothing else");
  add_data_options(command, options->where);
  command.run = [options](const Surroundings& surroundings) { return start_test(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

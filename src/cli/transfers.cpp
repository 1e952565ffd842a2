#include "cli/transfers.hpp"

#include <memory>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/config_options.hpp"
#include "cli/json_list.hpp"
#include "cli/json_tree.hpp"
#include "cli/paint.hpp"
#include "cli/readable.hpp"
#include "cli/table.hpp"
#include "cli/transfer_desk.hpp"
#include "cli/transfers_check.hpp"
#include "cli/transfers_examine.hpp"
#include "cli/transfers_monitor.hpp"
#include "cli/transfers_testing.hpp"
#include "cli/transfers_watch.hpp"
#include "domain/identifiers.hpp"
#include "transfers/steering.hpp"

namespace strongroom::cli {
namespace {

/// Where to look: in a data directory when one is named, else by the service.
struct WhereOptions {
  ConfigArguments data;
  ServiceOptions service;
};

struct ListOptions {
  WantedTransfers wanted;
  bool json = false;
  WhereOptions where;
};

/// Of the commands about one package.
struct OneOptions {
  std::string id;
  std::optional<std::string> result;
  std::string reason;
  bool new_submission = false;
  bool json = false;
  WhereOptions where;
};

void add_where_options(Command& command, WhereOptions& where) {
  add_data_options(command, where.data);
  command.option("--api", "URL", where.service.url, "the same as --url").excludes({"--data", "--config"});
  add_service_options(command, where.service);
}

using Desk = std::unique_ptr<TransferDesk>;

/// Null when what is wrong was complained of.
Desk open_desk(const WhereOptions& where, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const auto complained = [&](const Error& error) {
    complain(console, Exit::usage, error);
    return Desk();
  };
  if (!where.data.data && !where.data.file) {
    auto credentials = find_credentials(where.service, console);
    if (!credentials) return complained(credentials.error());
    return make_service_desk(std::move(*credentials));
  }
  const std::optional<Config> config = config_or_complain(where.data, console);
  if (!config) return {};
  auto catalogue = DataCatalogue::open(*config, surroundings.clock);
  if (!catalogue) return complained(catalogue.error());
  return make_data_desk(std::move(*catalogue), {surroundings.clock, surroundings.entropy},
                        config->public_base_url + "/context.json", transfers::kOverdueAfter);
}

/// The answer is no, or there is none.
Exit complain_of(host::Console& console, const Error& error) {
  const bool negative = error.reason == Reason::conflict || error.reason == Reason::not_found;
  return complain(console, negative ? Exit::failed : Exit::unavailable, error);
}

std::optional<std::string> checked_id(const std::string& text, host::Console& console) {
  if (is_uuid(text)) return to_lower_ascii(text);
  complain(console, Exit::usage,
           one_line(text) +
               " is not the id of a transfer, such as 5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11; `strongroom transfers list "
               "--key` finds those of a package");
  return std::nullopt;
}

// ---- the list

/// Of which word the status has the colour.
std::string colour_of(const JsonTree& record) {
  const std::string status = record.at("status").text("id");
  if (status == "stored") return "succeeded";
  if (status == "rejected" || status == "failed" || record.is_true("held")) return "failed";
  return record.has("delayed") ? "retrying" : "processing";
}

std::string state_of(const JsonTree& record) {
  std::string text = one_line(record.text("label"));
  if (record.is_true("held")) text += ", held";
  if (record.has("delayed")) text += ", delayed";
  if (record.has("dismissed")) text += ", dismissed";
  return text;
}

std::string why_of(const JsonTree& record) {
  const std::string reason = record.at("reason").text("description");
  return one_line(reason.empty() ? record.at("delayed").text("cause") : reason);
}

Exit list(const ListOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const Desk desk = open_desk(options.where, surroundings);
  if (!desk) return Exit::usage;
  Table table({"NOTICED", "STATUS", "TRANSFER", "AREA", "KEY", "WHY"});
  std::vector<std::string> documents;
  const auto more = desk->list(options.wanted, [&](const std::string& document) {
    if (options.json) {
      documents.push_back(document);
      return;
    }
    const JsonTree record = JsonTree::parse(document).value_or(JsonTree());
    table.add({{shown_instant(record.text("createdDate"), console.out_is_terminal()), ""},
               {state_of(record), colour_of(record)},
               {one_line(record.text("id")), ""},
               {one_line(record.text("area")), ""},
               {one_line(record.text("key")), ""},
               {why_of(record), ""}});
  });
  if (!more) return complain_of(console, more.error());
  if (options.json) {
    JsonList json(console);
    json.begin(desk->context());
    for (const std::string& document : documents) json.add(document);
    json.end();
    return Exit::success;
  }
  console.out(console.out_is_terminal() ? table.aligned(Paint::for_out(surroundings)) : table.plain());
  if (*more) console.err("There are more: --limit shows more of them.\n");
  return Exit::success;
}

// ---- one package

void print_record(const JsonTree& record, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const Paint paint = Paint::for_out(surroundings);
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) console.out(paint.bold(name) + one_line(value) + "\n");
  };
  const auto date = [&](std::string_view text) { return shown_instant(text, console.out_is_terminal()); };
  line("transfer        ", record.text("id"));
  line("status          ", state_of(record));
  line("package         ", record.text("area") + ": " + record.text("key"));
  line("noticed         ", date(record.text("createdDate")) + " (" + record.at("event").text("source") + ")");
  line("why             ", why_of(record));
  if (record.has("delayed")) line("next attempt    ", date(record.at("delayed").text("nextAttempt")));
  line("identifier      ", record.at("identifiers").text("catalogueIdentifier"));
  line("accession       ", record.at("identifiers").text("accessionNumber"));
  line("archivematica   ", record.at("archivematica").text("transferId"));
  if (record.has("bag")) line("bag             ", record.at("bag").text("id") + " " + record.at("bag").text("version"));
  if (record.has("dismissed")) line("dismissed       ", record.at("dismissed").text("reason"));
  for (const JsonTree& log : record.list("logs")) line("log             ", log.text("key"));
  for (const JsonTree& finding : record.list("findings")) {
    line("found           ", "[" + finding.text("code") + "] " + finding.text("description"));
  }
  for (const JsonTree& event : record.list("events")) {
    console.out(date(event.text("createdDate")) + "  " + one_line(event.text("description")) + "\n");
  }
}

/// Opens the desk, asks it, and prints the record or its JSON.
Exit answer(const OneOptions& options, const Surroundings& surroundings,
            const std::function<Result<std::string>(TransferDesk&, const std::string& id)>& ask,
            const std::function<void(const JsonTree& record)>& print) {
  host::Console& console = surroundings.console;
  const auto id = checked_id(options.id, console);
  if (!id) return Exit::usage;
  const Desk desk = open_desk(options.where, surroundings);
  if (!desk) return Exit::usage;
  const auto document = ask(*desk, *id);
  if (!document) return complain_of(console, document.error());
  if (options.json) {
    console.out(*document + "\n");
    return Exit::success;
  }
  const auto record = JsonTree::parse(*document);
  if (!record) return complain(console, Exit::unavailable, broken("the service's answer is not a transfer"));
  print(*record);
  return Exit::success;
}

Exit show(const OneOptions& options, const Surroundings& surroundings) {
  return answer(
      options, surroundings, [](TransferDesk& desk, const std::string& id) { return desk.show(id); },
      [&](const JsonTree& record) { print_record(record, surroundings); });
}

Exit log(const OneOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const auto id = checked_id(options.id, console);
  if (!id) return Exit::usage;
  const Desk desk = open_desk(options.where, surroundings);
  if (!desk) return Exit::usage;
  const auto found = desk->log(*id, options.result);
  if (!found) return complain_of(console, found.error());
  if (!options.json) {
    console.out(found->text + "\n");
    return Exit::success;
  }
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("result", found->result).member("key", found->key).member("text", found->text);
  writer.end_object();
  console.out(text + "\n");
  return Exit::success;
}

std::string named(const JsonTree& record) {
  return "transfer " + one_line(record.text("id")) + " of " + one_line(record.text("key"));
}

Exit retry(const OneOptions& options, const Surroundings& surroundings) {
  return answer(
      options, surroundings,
      [&](TransferDesk& desk, const std::string& id) { return desk.retry(id, options.new_submission); },
      [&](const JsonTree& record) {
        const auto& events = record.list("events");
        const std::string last = events.empty() ? "" : ": " + one_line(events.back().text("description"));
        surroundings.console.out(named(record) + " is tried again" + last + "\n");
      });
}

Exit dismiss(const OneOptions& options, const Surroundings& surroundings) {
  if (trim_blanks(options.reason).empty()) {
    return complain(surroundings.console, Exit::usage, "--reason: must say why");
  }
  return answer(
      options, surroundings,
      [&](TransferDesk& desk, const std::string& id) { return desk.dismiss(id, options.reason); },
      [&](const JsonTree& record) {
        surroundings.console.out(named(record) + " is in no report any more; nothing was deleted\n");
      });
}

// ---- the commands

Command list_command() {
  const auto options = std::make_shared<ListOptions>();
  WantedTransfers& wanted = options->wanted;
  Command command("list", "list packages, newest first");
  command.description =
      "Lists packages on their way through Archivematica. On a terminal as a table; otherwise a line each with tabs "
      "between noticed, status, id, area, key and why. With --data or --config from the catalogue, else through the "
      "service, as far as the client (scope transfers:read) may see them.";
  command.examples = {
      {"What is still open", "strongroom transfers list --unresolved"},
      {"Those that wait, beside the service", "strongroom transfers list --delayed --data /srv/strongroom"},
      {"Every upload of one package", "strongroom transfers list --key born-digital/pkg.zip"}};
  command.option("--status", "STATUS", wanted.statuses, "only those that are")
      .one_of({"received", "checking", "rejected", "submitting", "accepted", "processing", "stored", "failed"});
  command.option("--area", "AREA", wanted.area, "only those of this transfer area");
  command.option("--key", "KEY", wanted.key, "only those of this key");
  command.option("--prefix", "PREFIX", wanted.prefix, "only those whose key begins so");
  command.option("--identifier", "IDENTIFIER", wanted.identifier,
                 "only those with this catalogue identifier or accession number");
  command.option("--transfer-id", "TRANSFER", wanted.transfer_id, "only this transfer in Archivematica");
  command.flag("--delayed", wanted.delayed, "only those that wait because of trouble");
  command.flag("--unresolved", wanted.unresolved, "only those that are still open");
  command.option("--limit", "N", wanted.limit, "at most so many; else 100");
  command.flag("--json", options->json, "print one JSON document and nothing else");
  add_where_options(command, options->where);
  command.run = [options](const Surroundings& surroundings) { return list(*options, surroundings); };
  return command;
}

using Run = Exit (*)(const OneOptions& options, const Surroundings& surroundings);

/// What the commands about one package have in common.
Command one_command(const std::shared_ptr<OneOptions>& options, std::string name, std::string summary, Run run) {
  Command command(std::move(name), std::move(summary));
  command.exits = {{Exit::failed, "there is no such transfer, or it is not possible"}};
  command.argument("ID", options->id, "id of a transfer");
  command.flag("--json", options->json, "print one JSON document and nothing else");
  command.run = [options, run](const Surroundings& surroundings) { return run(*options, surroundings); };
  return command;
}

Command show_command() {
  const auto options = std::make_shared<OneOptions>();
  Command command = one_command(options, "show", "show a package and its history", show);
  command.description = "Shows how far a package has come, what was found in it, and everything that happened to it.";
  command.examples = {{"One package", "strongroom transfers show 5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11"}};
  add_where_options(command, options->where);
  return command;
}

Command log_command() {
  const auto options = std::make_shared<OneOptions>();
  Command command = one_command(options, "log", "print a log that was written for the archivist", log);
  command.description =
      "Prints a log as the archivist finds it beside the package: the last one that is there, or that of --result. The "
      "text comes from the record, so the object itself is not needed.";
  command.examples = {
      {"Why a package was rejected", "strongroom transfers log 5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11 --result failed"}};
  command.option("--result", "RESULT", options->result, "the log that tells this")
      .one_of({"received", "delayed", "failed", "success"});
  add_where_options(command, options->where);
  return command;
}

Command retry_command() {
  const auto options = std::make_shared<OneOptions>();
  Command command = one_command(options, "retry", "have a package tried again", retry);
  command.description =
      "Has a rejected package checked again, a failed one queued again, a delayed one tried now, and a held one let "
      "go; "
      "the same object must still be in its place. What Archivematica has accepted, or may have, is only started a "
      "second time with --new-submission. The client needs the scope operator.";
  command.examples = {
      {"Try again", "strongroom transfers retry 5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11"},
      {"Start a second transfer", "strongroom transfers retry 5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11 --new-submission"}};
  command.flag("--new-submission", options->new_submission,
               "start a second transfer although there may be one already");
  add_where_options(command, options->where);
  return command;
}

Command dismiss_command() {
  const auto options = std::make_shared<OneOptions>();
  Command command = one_command(options, "dismiss", "take a package out of the reports", dismiss);
  command.description =
      "Takes a rejected, failed, held or overdue package out of the reports. Nothing is deleted and nothing else "
      "changes; who did it, when and why is recorded. The client needs the scope operator.";
  command.examples = {{"It was sent in error",
                       "strongroom transfers dismiss 5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11 "
                       "--reason 'sent in error'"}};
  command.option("--reason", "TEXT", options->reason, "why").require();
  add_where_options(command, options->where);
  return command;
}

}  // namespace

Command transfers_group() {
  Command group("transfers", "see and steer packages for Archivematica");
  group.description =
      "Commands about packages that archivists put into transfer areas, on their way through Archivematica into bags. "
      "`watch` and `monitor` do the work, beside a running service or within it; all others look and steer.";
  group.commands = {list_command(),
                    show_command(),
                    log_command(),
                    retry_command(),
                    dismiss_command(),
                    transfers_examine_command(),
                    transfers_watch_command(),
                    transfers_monitor_command(),
                    transfers_start_test_command(),
                    transfers_check_command()};
  return group;
}

}  // namespace strongroom::cli

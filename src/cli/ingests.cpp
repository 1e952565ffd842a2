#include "cli/ingests.hpp"

#include <algorithm>
#include <memory>

#include "base/text.hpp"
#include "cli/api_session.hpp"
#include "cli/config_values.hpp"
#include "cli/follow.hpp"
#include "cli/ingest_view.hpp"
#include "cli/json_list.hpp"
#include "cli/paint.hpp"
#include "cli/readable.hpp"
#include "cli/table.hpp"
#include "domain/identifiers.hpp"

namespace strongroom::cli {
namespace {

struct IngestsOptions {
  std::optional<std::string> id;
  std::vector<std::string> statuses;
  std::optional<std::string> space;
  std::optional<std::string> identifier;
  std::uint64_t limit = 100;
  bool follow = false;
  bool stuck = false;
  std::string older_than = "10min";
  bool json = false;
  ServiceOptions service;
};

constexpr std::uint64_t kPageMax = 1000;

Result<std::string> checked_id(const std::string& text) {
  const std::optional<IngestId> id = IngestId::parse(text);
  if (id) return id->str();
  return rejected(one_line(text) +
                  " is not the id of an ingest, such as 5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11; "
                  "`strongroom ingests --identifier` finds those of a bag");
}

// ---- one ingest

void show_one(const IngestView& view, Follower& follower, const Paint& paint, bool is_terminal) {
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) follower.say(paint.bold(name) + value);
  };
  line("ingest    ", one_line(view.id));
  line("status    ", paint.status(view.status) + (view.retrying ? ", being retried" : ""));
  line("bag       ",
       one_line(view.bag + (view.version.empty() ? "" : " " + view.version)) + " (" + one_line(view.kind) + ")");
  line("source    ", one_line(view.source));
  if (!view.callback.empty()) line("callback  ", one_line(view.callback + ", " + view.callback_status));
  line("created   ", shown_instant(view.created, is_terminal));
  for (const ProgressView& step : view.progress) {
    constexpr std::size_t kNoLimit = 200;
    line("now       ", progress_text(step.step, step.amount, kNoLimit));
  }
  if (!view.events.empty()) follower.say("");
  for (const EventView& event : view.events) follower.say(event);
}

Exit one_ingest(const IngestsOptions& options, const Surroundings& surroundings, ApiSession& session) {
  const Result<std::string> id = checked_id(*options.id);
  if (!id) return complain(surroundings.console, Exit::usage, id.error());
  Follower follower(session, surroundings, options.json);
  const Result<std::string> document = session.request("GET", "/ingests/" + *id);
  if (!document) return follower.refuse(document.error());
  std::optional<IngestView> view = read_ingest(*document);
  if (!view) return follower.refuse(broken("the service's answer is not an ingest"));
  show_one(*view, follower, Paint::for_out(surroundings), surroundings.console.out_is_terminal());
  if (options.follow) {
    const std::size_t shown = view->events.size();
    return follower.follow(std::move(*view), shown);
  }
  if (options.json) surroundings.console.out(*document + "\n");
  return Exit::success;
}

// ---- lists

std::string first_query(const IngestsOptions& options) {
  std::string query;
  const auto add = [&](const char* name, const std::string& value) {
    query += (query.empty() ? "" : "&") + std::string(name) + "=" + percent_encode(value, "");
  };
  if (options.stuck) {
    add("status", "accepted,processing");
  } else if (!options.statuses.empty()) {
    add("status", join(options.statuses, ","));
  }
  if (options.space) add("space", *options.space);
  if (options.identifier) add("externalIdentifier", *options.identifier);
  add("limit", std::to_string(options.stuck ? kPageMax : std::min(kPageMax, options.limit)));
  return query;
}

/// Reads page after page. `take` says whether it wants the next one.
Result<void> read_pages(ApiSession& session, std::string query, const std::function<bool(IngestPage&)>& take) {
  while (true) {
    TRY(const std::string text, session.request("GET", "/ingests?" + query));
    std::optional<IngestPage> page = read_ingest_page(text);
    if (!page) return broken("the service's answer is not a list of ingests");
    query = page->next;
    if (!take(*page) || query.empty()) return ok();
  }
}

std::string version_or_dash(const IngestView& view) { return view.version.empty() ? "-" : one_line(view.version); }

std::string list_status(const IngestView& view) { return view.retrying ? "retrying" : one_line(view.status); }

Exit list_ingests(const IngestsOptions& options, const Surroundings& surroundings, ApiSession& session) {
  host::Console& console = surroundings.console;
  Table table({"CREATED", "STATUS", "INGEST", "VERSION", "BAG"});
  JsonList json(console);
  std::uint64_t left = options.limit;
  bool more = false;
  const Result<void> read = read_pages(session, first_query(options), [&](IngestPage& page) {
    if (options.json) json.begin(page.context);
    const std::size_t taken = std::min<std::uint64_t>(left, page.items.size());
    for (std::size_t i = 0; i < taken; ++i) {
      const IngestView& view = page.items[i];
      if (options.json) {
        json.add(page.documents[i]);
        continue;
      }
      table.add({{shown_instant(view.created, console.out_is_terminal()), ""},
                 {list_status(view), view.status},
                 {one_line(view.id), ""},
                 {version_or_dash(view), ""},
                 {one_line(view.bag), ""}});
    }
    left -= taken;
    more = taken < page.items.size() || !page.next.empty();
    return left > 0;
  });
  if (!read) return complain(console, Exit::unavailable, read.error());
  if (options.json) {
    json.end();
    return Exit::success;
  }
  console.out(console.out_is_terminal() ? table.aligned(Paint::for_out(surroundings)) : table.plain());
  if (more && left == 0) console.err("There are more: --limit shows more of them.\n");
  return Exit::success;
}

// ---- those that do not move

struct Still {
  IngestView view;
  std::string document;
  Duration unmoved{};
};

Duration age_of(const std::string& created, Instant now) {
  const std::optional<Instant> instant = parse_instant(created);
  return instant ? now - *instant : Duration::zero();
}

std::string state_of(const IngestView& view) {
  std::string text = view.events.empty() ? "no event yet" : one_line(view.events.back().description);
  for (const ProgressView& step : view.progress) {
    text += "; " + one_line(step.step);
    if (const std::optional<int> percent = step.amount.percent()) text += " " + std::to_string(*percent) + " %";
  }
  return text;
}

void show_still(const std::vector<Still>& still, std::uint64_t unfinished, const std::string& oldest,
                const IngestsOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const Instant now = surroundings.clock.now();
  Table table({"AGE", "UNMOVED FOR", "STATUS", "INGEST", "BAG", "LAST"});
  std::uint64_t troubled = 0;
  for (const Still& item : still) {
    const IngestView& view = item.view;
    if (view.is_troubled()) ++troubled;
    table.add({{readable_duration(age_of(view.created, now)), ""},
               {readable_duration(item.unmoved), ""},
               {view.is_troubled() ? "retrying" : one_line(view.status), view.is_troubled() ? "failed" : view.status},
               {one_line(view.id), ""},
               {one_line(view.bag), ""},
               {state_of(view), ""}});
  }
  if (!console.out_is_terminal()) {
    console.out(table.plain());
    return;
  }
  console.out(table.aligned(Paint::for_out(surroundings)));
  if (unfinished == 0) {
    console.out("Nothing is unfinished.\n");
    return;
  }
  console.out((still.empty() ? "" : "\n") + counted(unfinished, "unfinished ingest") + ", the oldest for " +
              readable_duration(age_of(oldest, now)) + "; " + std::to_string(still.size()) +
              " without an event for more than " + options.older_than + ", " + std::to_string(troubled) +
              " of them being tried again.\n");
}

Exit list_stuck(const IngestsOptions& options, const Surroundings& surroundings, ApiSession& session) {
  host::Console& console = surroundings.console;
  const std::optional<Duration> longest = parse_duration(options.older_than);
  if (!longest) {
    return complain(console, Exit::usage,
                    "--older-than " + one_line(options.older_than) + ": must be a duration such as 30min or 2h");
  }
  const Instant now = surroundings.clock.now();
  std::vector<Still> still;
  std::uint64_t unfinished = 0;
  std::string oldest;
  std::string context;
  const Result<void> read = read_pages(session, first_query(options), [&](IngestPage& page) {
    context = page.context;
    for (std::size_t i = 0; i < page.items.size(); ++i) {
      IngestView& view = page.items[i];
      ++unfinished;
      oldest = view.created;  // the list is newest first
      const std::optional<Instant> moved = view.moved();
      if (!moved || now - *moved < *longest) continue;
      still.push_back({std::move(view), std::move(page.documents[i]), now - *moved});
    }
    return true;
  });
  if (!read) return complain(console, Exit::unavailable, read.error());
  std::ranges::stable_sort(still, std::ranges::greater(), &Still::unmoved);
  if (!options.json) {
    show_still(still, unfinished, oldest, options, surroundings);
    return Exit::success;
  }
  JsonList json(console);
  json.begin(context);
  for (const Still& item : still) json.add(item.document);
  json.end();
  return Exit::success;
}

Exit ingests(const IngestsOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  Result<Credentials> credentials = find_credentials(options.service, console);
  if (!credentials) return complain(console, Exit::usage, credentials.error());
  if (options.follow && !options.id) return complain(console, Exit::usage, "--follow needs the ID of an ingest");
  ApiSession session(std::move(credentials).value());
  if (options.id) return one_ingest(options, surroundings, session);
  return options.stuck ? list_stuck(options, surroundings, session) : list_ingests(options, surroundings, session);
}

// ---- once more

struct RetryOptions {
  std::string id;
  bool follow = false;
  bool json = false;
  ServiceOptions service;
};

Exit retry(const RetryOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  Result<Credentials> credentials = find_credentials(options.service, console);
  if (!credentials) return complain(console, Exit::usage, credentials.error());
  const Result<std::string> id = checked_id(options.id);
  if (!id) return complain(console, Exit::usage, id.error());
  ApiSession session(std::move(credentials).value());
  Follower follower(session, surroundings, options.json);
  const Result<std::string> document = session.request("POST", "/ingests/" + *id + "/retry");
  if (!document) return follower.refuse(document.error());
  std::optional<IngestView> view = read_ingest(*document);
  if (!view) return follower.refuse(broken("the service's answer is not an ingest"));
  follower.say("ingest " + *id + " of " + one_line(view->bag) + " is tried again");
  if (options.follow) {
    const std::size_t known = view->events.size();
    return follower.follow(std::move(*view), known);
  }
  if (options.json) console.out(*document + "\n");
  return Exit::success;
}

constexpr const char* kIngestsDescription =
    "Without ID: the ingests of the service, newest first, as far as the client may see them. On a terminal as a "
    "table; "
    "otherwise a line each with tabs between created, status, id, version and bag.\n\n"
    "With ID: that one with all its events. --follow goes on until it has ended.\n\n"
    "--stuck shows what is unfinished and has had no event for a while, longest first, with its last event; a step "
    "that "
    "is tried again after trouble says so. A large bag may rightly be long in one step: how far it is stands there "
    "too. "
    "Lines for programs have age, time without event, status, id, bag and last event.";

}  // namespace

Command ingests_command() {
  const auto options = std::make_shared<IngestsOptions>();
  Command command("ingests", "list ingests, or show and follow one");
  command.description = kIngestsDescription;
  command.examples = {
      {"The newest ones that failed", "strongroom ingests --status failed --limit 20"},
      {"Every ingest of one bag", "strongroom ingests --space digitised --identifier b12345678"},
      {"Follow one until it has ended", "strongroom ingests 5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11 --follow"},
      {"What has not moved for an hour", "strongroom ingests --stuck --older-than 1h"}};
  command.exits = {{Exit::success, "success; with --follow: the ingest succeeded"},
                   {Exit::failed, "with --follow: the ingest failed"}};
  command.argument("ID", options->id, "id of an ingest");
  command.flag("--follow", options->follow, "with ID: follow it until it has ended");
  command.option("--status", "STATUS", options->statuses, "only those that are")
      .one_of({"accepted", "processing", "succeeded", "failed"})
      .excludes({"ID"});
  command.option("--space", "SPACE", options->space, "only those of this space").excludes({"ID"});
  command.option("--identifier", "IDENTIFIER", options->identifier, "only those of this external identifier")
      .excludes({"ID"});
  command.option("--limit", "N", options->limit, "at most so many; else 100").excludes({"ID"});
  command.flag("--stuck", options->stuck, "only unfinished ones without an event for a while")
      .excludes({"ID", "--status", "--limit"});
  command.option("--older-than", "DURATION", options->older_than, "with --stuck: for how long; else 10min");
  command.flag("--json", options->json, "print one JSON document and nothing else");
  add_service_options(command, options->service);
  command.run = [options](const Surroundings& surroundings) { return ingests(*options, surroundings); };
  return command;
}

Command retry_command() {
  const auto options = std::make_shared<RetryOptions>();
  Command command("retry", "try a failed ingest again");
  command.description =
      "Starts a failed ingest again from its first step, with the same package, once its cause has been mended. The "
      "client needs the scope operator. The status stays failed until the new run has succeeded.";
  command.examples = {{"Try again and follow it", "strongroom retry 5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11 --follow"}};
  command.exits = {{Exit::success, "the ingest is tried again; with --follow: it succeeded"},
                   {Exit::failed, "with --follow: it failed again"}};
  command.argument("ID", options->id, "id of a failed ingest");
  command.flag("--follow", options->follow, "follow the ingest until it has ended");
  command.flag("--json", options->json, "print the ingest as JSON and nothing else");
  add_service_options(command, options->service);
  command.run = [options](const Surroundings& surroundings) { return retry(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

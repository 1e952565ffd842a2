#include "cli/index.hpp"

#include <memory>

#include "adapters/host/structured_log.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/config_options.hpp"
#include "cli/data_catalogue.hpp"
#include "cli/progress_line.hpp"
#include "cli/readable.hpp"
#include "cli/table.hpp"
#include "events/index_documents.hpp"
#include "events/index_rebuild.hpp"
#include "events/index_sink.hpp"

namespace strongroom::cli {
namespace {

/// For one command, after which somebody looks at the server: about two minutes.
constexpr int kAttempts = 8;
constexpr std::size_t kRefusedAtOnce = 500;

struct IndexOptions {
  ConfigArguments where;
  bool json = false;
};

/// The configuration of a server that there is; nothing after a complaint.
std::optional<Config> config_with_index(const IndexOptions& options, const Surroundings& surroundings) {
  std::optional<Config> config = config_or_complain(options.where, surroundings.console);
  if (!config || config->index) return config;
  complain(surroundings.console, Exit::usage,
           "no search server is configured: set index.url in the configuration file, and name that with --config");
  return std::nullopt;
}

std::string sink_of(const Config& config) {
  return events::index_sink_name(config.index->access.url, config.index->prefix);
}

// ---- create

struct MadeIndex {
  std::string name;
  bool created = false;
};

std::string shown(const std::vector<MadeIndex>& indexes, bool json) {
  std::string text;
  if (!json) {
    for (const MadeIndex& index : indexes) {
      text += index.name + (index.created ? " was made\n" : " is there, and has what it needs\n");
    }
    return text;
  }
  JsonWriter writer(text);
  writer.begin_object().key("indexes").begin_array();
  for (const MadeIndex& index : indexes) {
    writer.begin_object().member("name", index.name).member("created", index.created).end_object();
  }
  writer.end_array().end_object();
  return text + "\n";
}

Exit create(const IndexOptions& options, const Surroundings& surroundings) {
  const std::optional<Config> config = config_with_index(options, surroundings);
  if (!config) return Exit::usage;
  web::BulkApi server(config->index->access);
  std::vector<MadeIndex> indexes;
  for (const events::IndexDefinition& one : events::index_definitions()) {
    MadeIndex made{events::index_name(config->index->prefix, one.suffix)};
    const Result<bool> created = server.put_index(made.name, std::string(one.definition));
    if (!created) return complain(surroundings.console, Exit::unavailable, created.error());
    made.created = *created;
    indexes.push_back(std::move(made));
  }
  surroundings.console.out(shown(indexes, options.json));
  return Exit::success;
}

// ---- rebuild

struct Rebuilding {
  std::uint64_t ingests = 0;
  std::uint64_t refused = 0;
  std::string reindex;
  std::uint64_t versions = 0;
};

/// Ingests are written here and now; a reindex has the service write bags and files.
Result<Rebuilding> run_rebuild(const Config& config, const Surroundings& surroundings) {
  TRY(const auto data, DataCatalogue::open(config, surroundings.clock));
  web::BulkApi server(config.index->access);
  NoMetrics metrics;
  const auto log = host::make_log({host::LogFormat::logfmt, LogLevel::warning, 2}, surroundings.clock);
  ProgressLine line(surroundings.console);
  Rebuilding done;
  events::BulkSettings settings;
  settings.attempts = kAttempts;
  const auto settle = [&](const events::BulkOutcome& outcome) -> Result<void> {
    done.refused += outcome.refused.size();
    return data->sinks().settle_sink({sink_of(config), 0, outcome.taken, outcome.refused});
  };
  TRY_VOID(events::require_indexes(server, config.index->prefix));
  events::BulkWriter writer({server, surroundings.clock, *log, metrics}, settings, {}, settle);
  TRY(done.ingests,
      events::rewrite_ingests(data->desk(), data->catalogue(), config.index->prefix, writer, [&](std::uint64_t so_far) {
        line.show("written " + counted(so_far, "ingest"), Amount{}, surroundings.clock.since_boot());
      }));
  done.reindex = random_uuid(surroundings.entropy);
  const Instant now = surroundings.clock.now();
  Deed deed{"operator", std::string(audit_action::kReindexRequested), "every bag", "done", {}, now};
  TRY(done.versions, data->log().begin_reindex({done.reindex, {}, now, std::move(deed)}));
  return done;
}

Exit rebuild(const IndexOptions& options, const Surroundings& surroundings) {
  const std::optional<Config> config = config_with_index(options, surroundings);
  if (!config) return Exit::usage;
  const Result<Rebuilding> done = run_rebuild(*config, surroundings);
  if (!done) {
    return complain(surroundings.console, done.error().act == Act::rejected ? Exit::usage : Exit::unavailable,
                    done.error());
  }
  std::string text;
  if (options.json) {
    JsonWriter writer(text);
    writer.begin_object().member("ingests", done->ingests).member("refused", done->refused);
    writer.member("reindex", done->reindex).member("bagVersions", done->versions).end_object();
    text += "\n";
  } else {
    text = counted(done->ingests, "ingest") + " written\nreindex " + done->reindex + " will emit " +
           counted(done->versions, "version") + " again, and the service will write their bags and files\n";
    if (done->refused > 0) {
      text += counted(done->refused, "document") + " refused: `strongroom index refused` shows why\n";
    }
  }
  surroundings.console.out(text);
  return done->refused == 0 ? Exit::success : Exit::failed;
}

// ---- status

Exit status(const IndexOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const std::optional<Config> config = config_with_index(options, surroundings);
  if (!config) return Exit::usage;
  const auto data = DataCatalogue::open(*config, surroundings.clock);
  if (!data) return complain(console, Exit::usage, data.error());
  const Result<SinkState> state = (*data)->sinks().sink_state(sink_of(*config));
  if (!state) return complain(console, Exit::usage, state.error());
  const Result<std::int64_t> last = (*data)->log().last_sequence();
  if (!last) return complain(console, Exit::usage, last.error());
  const auto behind = static_cast<std::uint64_t>(*last - state->position);
  std::string text;
  if (options.json) {
    JsonWriter writer(text);
    writer.begin_object().member("url", config->index->access.url).member("prefix", config->index->prefix);
    writer.member("position", state->position).member("lastSequence", *last);
    writer.member("refused", state->refused).end_object();
    text += "\n";
  } else {
    text = config->index->access.url + ", indexes " + config->index->prefix +
           "_…: " + (behind == 0 ? "every event is written" : counted(behind, "event") + " to be written") + ", " +
           counted(state->refused, "document") + " refused\n";
  }
  console.out(text);
  return Exit::success;
}

// ---- refused

std::string json_of(const RefusedDocument& one) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("index", one.key.index).member("id", one.key.id).member("version", one.version);
  if (one.sequence > 0) writer.member("sequence", one.sequence);
  writer.member("reason", one.reason).member("refusedDate", format_instant(one.refused)).end_object();
  return text;
}

Exit refused(const IndexOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const std::optional<Config> config = config_with_index(options, surroundings);
  if (!config) return Exit::usage;
  const auto data = DataCatalogue::open(*config, surroundings.clock);
  if (!data) return complain(console, Exit::usage, data.error());
  DocumentKey after;
  std::uint64_t count = 0;
  if (options.json) console.out("{\"refused\":[");
  while (true) {
    const auto page = (*data)->sinks().refused_documents(sink_of(*config), after, kRefusedAtOnce);
    if (!page) return complain(console, Exit::usage, page.error());
    for (const RefusedDocument& one : *page) {
      if (options.json) {
        console.out((count > 0 ? "," : "") + json_of(one));
      } else {
        console.out(shown_instant(format_instant(one.refused), console.out_is_terminal()) + "\t" +
                    one_line(one.key.index) + "\t" + one_line(one.key.id) + "\t" + one_line(one.reason) + "\n");
      }
      ++count;
    }
    if (page->size() < kRefusedAtOnce) break;
    after = page->back().key;
  }
  if (options.json) console.out("]}\n");
  if (!options.json && count == 0) console.err("strongroom: no document is refused\n");
  return Exit::success;
}

// ---- the commands

using Work = Exit (*)(const IndexOptions&, const Surroundings&);

Command made(const char* name, const char* summary, const char* description, Work work, bool asks_server) {
  const auto options = std::make_shared<IndexOptions>();
  Command command(name, summary);
  command.description = description;
  if (asks_server) command.exits = {{Exit::unavailable, "the search server did not answer, or refused"}};
  command.examples = {
      {"As configured", std::string("strongroom index ") + name + " --config /etc/strongroom/strongroom.toml"}};
  command.flag("--json", options->json, "print one JSON document and nothing else");
  add_data_options(command, options->where);
  command.run = [options, work](const Surroundings& surroundings) { return work(*options, surroundings); };
  return command;
}

Command rebuild_of_index() {
  Command command =
      made("rebuild", "write everything into the search indexes again",
           "Writes every ingest into its index, and has the service emit the events of every stored version again, "
           "which writes bags and files; that goes on behind this command, and needs a running service. What is newer "
           "in an index stays. For an index that was removed, or whose mapping was changed, or when documents were "
           "refused and what kept them out has been mended.",
           rebuild, true);
  command.exits.emplace_back(Exit::failed, "the server refused some documents");
  return command;
}

}  // namespace

Command index_group() {
  Command group("index", "keep search indexes outside: Elasticsearch, OpenSearch");
  group.description =
      "Commands about the search server that the service keeps up to date when index.url is set: the indexes "
      "{prefix}_ingests, {prefix}_bags and {prefix}_files. They work on the catalogue of a data directory, beside a "
      "running service or without one.";
  group.commands = {
      made("create", "make the search indexes",
           "Makes the indexes with strict mappings, or adds to those that are there what they lack. The service "
           "writes nothing before all of them are there.",
           create, true),
      rebuild_of_index(),
      made("status", "show how far the search server is told of everything",
           "Shows how many events are still to be written to the search server, and how many documents it refused.",
           status, false),
      made("refused", "list the documents that the search server refused",
           "Lists what the search server would not take, however often it is sent: when, index, document and the "
           "server's reason, a line each with tabs. The rest is written all the same. A document that is taken later "
           "is struck from the list.",
           refused, false)};
  return group;
}

}  // namespace strongroom::cli

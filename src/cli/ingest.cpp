#include "cli/ingest.hpp"

#include <memory>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/api_session.hpp"
#include "cli/dry_run.hpp"
#include "cli/follow.hpp"
#include "cli/ingest_view.hpp"
#include "cli/package.hpp"
#include "cli/readable.hpp"
#include "domain/identifiers.hpp"

namespace strongroom::cli {
namespace {

struct IngestOptions {
  std::optional<std::string> bag;  ///< a packed bag or a bag's directory
  std::optional<std::string> source;
  std::string space;
  std::optional<std::string> identifier;  ///< of the bag; read from its bag-info.txt when absent
  std::optional<std::string> version;
  std::optional<std::string> callback;
  std::string area = "uploads";
  bool update = false;
  bool follow = false;
  bool json = false;
  bool dry_run = false;
  std::uint64_t first = 10;  ///< with dry_run: problems of each rule that are shown
  ServiceOptions service;
};

/// What is asked for, checked before anything is sent.
struct Order {
  std::string identifier;
  std::optional<Package> package;  ///< to upload first
  SourceName source;               ///< of an upload only the path is missing
};

Result<std::string> identifier_of(const IngestOptions& options) {
  std::string identifier;
  if (options.identifier) {
    identifier = *options.identifier;
  } else if (options.bag) {
    TRY(identifier, read_identifier(*options.bag));
  } else {
    return rejected("--source needs --identifier too: the package is not here to be looked into");
  }
  const Result<ExternalIdentifier> parsed = ExternalIdentifier::parse(identifier);
  if (!parsed) return rejected("external identifier " + one_line(identifier) + ": " + parsed.error().what);
  return identifier;
}

Result<Order> order_of(const IngestOptions& options) {
  if (options.bag.has_value() == options.source.has_value()) {
    return rejected("give either a BAG to upload or --source, the place where its package lies already");
  }
  const Result<Space> space = Space::parse(options.space);
  if (!space) return rejected("--space " + one_line(options.space) + ": " + space.error().what);
  if (options.version && !options.update) return rejected("--version is for an --update");
  if (options.version && !Version::parse(*options.version)) {
    return rejected("--version " + one_line(*options.version) + ": must be v followed by a number");
  }
  Order order;
  if (options.source) {
    TRY(order.source, parse_source(*options.source));
  } else {
    if (!LocationName::parse(options.area)) return rejected("--area " + one_line(options.area) + ": no such area");
    TRY(order.package, open_package(*options.bag));
    order.source = {"filesystem", options.area, ""};
  }
  TRY(order.identifier, identifier_of(options));
  return order;
}

std::string request_body(const IngestOptions& options, const Order& order) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("ingestType").begin_object().member("id", options.update ? "update" : "create").end_object();
  json.key("space").begin_object().member("id", options.space).end_object();
  json.key("bag").begin_object().key("info").begin_object().member("externalIdentifier", order.identifier);
  json.end_object();
  if (options.version) json.member("version", *options.version);
  json.end_object();
  json.key("sourceLocation").begin_object().key("provider").begin_object();
  json.member("id", order.source.provider).end_object();
  json.member("bucket", order.source.bucket).member("path", order.source.path).end_object();
  if (options.callback) json.key("callback").begin_object().member("url", *options.callback).end_object();
  json.end_object();
  return body;
}

/// One run of the command.
class Depositor {
 public:
  Depositor(const IngestOptions& options, const Surroundings& surroundings, Credentials credentials)
      : options_(options),
        surroundings_(surroundings),
        session_(std::move(credentials)),
        follower_(session_, surroundings, options.json) {}

  Exit run(Order& order) {
    if (order.package) {
      // A name of its own for every upload: uploads are create-only, and a bag may be sent again.
      order.source.path = random_uuid(surroundings_.entropy) + "/" + order.package->file_name;
      const Result<void> sent = upload(*order.package, order.source);
      if (!sent) return refuse(sent.error());
    }
    if (options_.dry_run) return try_out(order);
    const HttpHeaders headers = {{"Content-Type", "application/json"},
                                 {"Idempotency-Key", random_uuid(surroundings_.entropy)}};
    const Result<std::string> document =
        session_.request_patiently("POST", "/ingests", surroundings_.clock, headers, request_body(options_, order));
    if (!document) return refuse(document.error());
    std::optional<IngestView> view = read_ingest(*document);
    if (!view) return refuse(broken("the service's answer is not an ingest"));
    const std::string id = view->id;
    follower_.say("ingest " + one_line(id) + " accepted: " + one_line(options_.space + "/" + order.identifier));
    if (options_.follow) return follower_.follow(std::move(*view), 0);
    follower_.say("`strongroom ingests " + one_line(id) + " --follow` shows how it goes on.");
    if (options_.json) surroundings_.console.out(*document + "\n");
    return Exit::success;
  }

 private:
  /// The dry run: safe to be asked for twice, since it stores nothing.
  Exit try_out(const Order& order) {
    if (options_.follow) follower_.say("--dry-run waits for its end by itself: --follow adds nothing");
    if (options_.callback) follower_.say("a dry run calls nobody: the address of --callback is only checked");
    const HttpHeaders headers = {{"Content-Type", "application/json"}, {"Prefer", "respond-async"}};
    const Result<std::string> begun = session_.request_patiently("POST", "/ingests?dryRun=true", surroundings_.clock,
                                                                 headers, request_body(options_, order));
    if (!begun) return refuse(begun.error());
    const Exit exit = follow_dry_run(session_, surroundings_, follower_, {options_.first, options_.json}, *begun);
    if (exit == Exit::success) follower_.say("\nNothing was stored. This stores it:\n  " + command_for(order));
    if (exit == Exit::failed) follower_.say("\nNothing was stored.");
    return exit;
  }

  /// The command that stores what lies in the source now, uploaded or not.
  [[nodiscard]] std::string command_for(const Order& order) const {
    const SourceName& source = order.source;
    std::string command = "strongroom ingest --source " +
                          shell_word(source.provider + ":" + source.bucket + "/" + source.path) + " --space " +
                          shell_word(options_.space) + " --identifier " + shell_word(order.identifier);
    if (options_.update) command += " --update";
    if (options_.version) command += " --version " + shell_word(*options_.version);
    if (options_.callback) command += " --callback " + shell_word(*options_.callback);
    return command + " --follow";
  }

  /// Errors that arise while packing are the caller's to mend; all others are the service's.
  Exit refuse(const Error& error) {
    const bool local = error.act == Act::rejected && !error.where.empty();
    if (!local) return follower_.refuse(error);
    follower_.line().clear();
    return complain(surroundings_.console, Exit::usage, error);
  }

  Result<void> upload(Package& package, const SourceName& place) {
    const std::string target = "/uploads/" + place.bucket + "/" + percent_encode(place.path, "/");
    const Duration began = surroundings_.clock.since_boot();
    std::uint64_t bytes = 0;
    const auto show = [&](std::uint64_t sent) {
      bytes = sent;
      const Duration now = surroundings_.clock.since_boot();
      const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now - began).count();
      Amount amount{sent, package.size};
      if (milliseconds > 0) amount.per_second = sent * 1000 / static_cast<std::uint64_t>(milliseconds);
      if (amount.per_second.value_or(0) > 0 && package.size && *package.size >= sent) {
        amount.seconds_left = (*package.size - sent) / *amount.per_second;
      }
      follower_.line().show("uploading " + package.file_name, amount, now);
    };
    TRY_VOID(session_.upload(target, *package.source, package.size, show));
    follower_.say("uploaded " + one_line(package.file_name) + ": " + with_thousands(bytes) + " bytes");
    return ok();
  }

  const IngestOptions& options_;
  const Surroundings& surroundings_;
  ApiSession session_;
  Follower follower_;
};

Exit ingest(const IngestOptions& options, const Surroundings& surroundings) {
  Result<Credentials> credentials = find_credentials(options.service, surroundings.console);
  if (!credentials) return complain(surroundings.console, Exit::usage, credentials.error());
  Result<Order> order = order_of(options);
  if (!order) return complain(surroundings.console, Exit::usage, order.error());
  return Depositor(options, surroundings, std::move(credentials).value()).run(order.value());
}

constexpr const char* kDescription =
    "Asks a running service to store a bag. BAG is a packed bag (tar.gz), which is uploaded as it is, or a bag's "
    "directory, which is packed on the way; nothing is written beside it. With --source nothing is uploaded: the "
    "package "
    "lies already where the service reads it.\n\n"
    "Without --follow the command ends as soon as the service has taken the work on, which is then durable. With "
    "--follow it shows every event and ends when the bag is stored, or could not be.\n\n"
    "A broken connection is no danger: the request is repeated for up to a minute, and makes one ingest however often "
    "it "
    "arrives.\n\n"
    "With --dry-run nothing is stored: the service checks the package as it would for an ingest, and the command shows "
    "everything that was found and which version the bag would become. The upload stays in its area; the last line "
    "says how to store it. The answer speaks of this moment: ingests of the same bag that wait are not waited for.";

}  // namespace

Result<SourceName> parse_source(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::size_t slash = colon == std::string_view::npos ? colon : text.find('/', colon);
  if (slash == std::string_view::npos || colon == 0 || slash == colon + 1 || slash + 1 == text.size()) {
    return rejected("--source " + one_line(text) +
                    ": must be PROVIDER:BUCKET/PATH, such as filesystem:uploads/2024/b1.tar.gz");
  }
  return SourceName{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1, slash - colon - 1)),
                    std::string(text.substr(slash + 1))};
}

Command ingest_command() {
  const auto options = std::make_shared<IngestOptions>();
  Command command("ingest", "upload a bag and ask for it to be stored");
  command.description = kDescription;
  command.examples = {
      {"Store a packed bag and follow it until it is stored",
       "strongroom ingest b12345678.tar.gz --space digitised --follow"},
      {"Store a directory as a new version of a bag",
       "strongroom ingest ./b12345678 --space digitised --update --version v1 --follow"},
      {"Ask for a package that lies in a source of the service",
       "strongroom ingest --source amazon-s3:drop/2024/b1.tar.gz --space maps --identifier b1"},
      {"Look first whether a bag would be stored", "strongroom ingest ./b12345678 --space digitised --dry-run"},
      {"The new ingest's id, in a script", "strongroom ingest b1.tar.gz --space maps --json | jq -r .id"}};
  command.exits = {
      {Exit::success,
       "the service has taken the work on; with --follow: the bag is stored; with --dry-run: it would be"},
      {Exit::failed,
       "with --follow: the ingest failed; `strongroom report` tells why; with --dry-run: it would be refused"}};
  command.argument("BAG", options->bag, "packed bag, or a bag's directory").completed_by(Completes::file);
  command.option("--space", "SPACE", options->space, "space of the bag").require();
  command.option("--identifier", "IDENTIFIER", options->identifier,
                 "external identifier of the bag; else that in its bag-info.txt");
  command.option("--source", "PROVIDER:BUCKET/PATH", options->source,
                 "where the package lies already; provider filesystem, amazon-s3 or azure-blob-storage");
  command.flag("--update", options->update, "store a new version of a bag that is there already");
  command.option("--version", "vN", options->version, "with --update: the version that is thought to be the latest");
  command.option("--callback", "URL", options->callback, "URL that the service tells when the ingest has ended");
  command.option("--area", "AREA", options->area, "upload area of the service; else uploads");
  command.flag("--follow", options->follow, "follow the ingest until it has ended");
  command.flag("--dry-run", options->dry_run, "find out what would come of it, and store nothing");
  command.option("--first", "N", options->first, "with --dry-run: how many problems of each rule are shown; else 10");
  command.flag("--json", options->json, "print the ingest (with --dry-run the report) as JSON and nothing else");
  add_service_options(command, options->service);
  command.run = [options](const Surroundings& surroundings) { return ingest(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli

#include "cli/ingest.hpp"

#include <algorithm>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/api_session.hpp"
#include "cli/config_values.hpp"
#include "cli/ingest_view.hpp"
#include "cli/package.hpp"
#include "cli/progress_line.hpp"
#include "domain/identifiers.hpp"

namespace strongroom::cli {
namespace {

/// How long a service that has stopped answering is asked again while its work is followed: a restart takes seconds.
constexpr Duration kPatience = std::chrono::seconds(60);
constexpr Duration kFirstPause = std::chrono::milliseconds(200);
constexpr Duration kLongestPause = std::chrono::seconds(2);

Result<Credentials> credentials_of(const IngestOptions& options, const host::Console& console) {
  const auto value = [&](const std::optional<std::string>& given, const char* name) {
    return given ? given : console.environment(name);
  };
  Credentials credentials;
  credentials.url = value(options.url, "STRONGROOM_URL").value_or(kDefaultUrl);
  while (credentials.url.ends_with('/')) credentials.url.pop_back();
  if (!is_base_url(credentials.url)) {
    return rejected("--url " + one_line(credentials.url) + ": must be an http or https URL without query");
  }
  const std::optional<std::string> id = value(options.client_id, "STRONGROOM_CLIENT_ID");
  const std::optional<std::string> secret = value(options.client_secret, "STRONGROOM_CLIENT_SECRET");
  if (!id || !secret) {
    return rejected(
        "a client is needed: give --client-id and --client-secret, or set STRONGROOM_CLIENT_ID and "
        "STRONGROOM_CLIENT_SECRET (`strongroom client add` makes one)");
  }
  credentials.client_id = *id;
  credentials.client_secret = *secret;
  credentials.ca_file = console.environment("STRONGROOM_CA_FILE").value_or("");
  return credentials;
}

/// What is asked for, checked before anything is sent.
struct Order {
  std::string space;
  std::string identifier;
  Package package;
};

Result<Order> order_of(const IngestOptions& options) {
  TRY(Package package, open_package(options.bag));
  const Result<Space> space = Space::parse(options.space);
  if (!space) return rejected("--space " + one_line(options.space) + ": " + space.error().what);
  std::string identifier;
  if (options.id) {
    identifier = *options.id;
  } else {
    TRY(identifier, read_identifier(options.bag));
  }
  const Result<ExternalIdentifier> parsed = ExternalIdentifier::parse(identifier);
  if (!parsed) return rejected("external identifier " + one_line(identifier) + ": " + parsed.error().what);
  if (!LocationName::parse(options.area)) return rejected("--area " + one_line(options.area) + ": no such area");
  return Order{options.space, identifier, std::move(package)};
}

std::string request_body(const IngestOptions& options, const Order& order, const std::string& path) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("ingestType").begin_object().member("id", options.update ? "update" : "create").end_object();
  json.key("space").begin_object().member("id", order.space).end_object();
  json.key("bag").begin_object().key("info").begin_object().member("externalIdentifier", order.identifier);
  json.end_object().end_object();
  json.key("sourceLocation").begin_object().key("provider").begin_object().member("id", "filesystem").end_object();
  json.member("bucket", options.area).member("path", path).end_object();
  json.end_object();
  return body;
}

/// One run of the command.
class Depositor {
 public:
  Depositor(const IngestOptions& options, const Surroundings& surroundings, Credentials credentials)
      : options_(options),
        console_(surroundings.console),
        clock_(surroundings.clock),
        entropy_(surroundings.entropy),
        session_(std::move(credentials)),
        line_(surroundings.console) {}

  Exit run(Order& order) {
    // A name of its own for every upload: uploads are create-only, and a bag may be sent again.
    const std::string path = random_uuid(entropy_) + "/" + order.package.file_name;
    const Result<std::string> sent = upload(order.package, path);
    if (!sent) return refuse(sent.error());
    Result<std::string> document = session_.request("POST", "/ingests", {{"Content-Type", "application/json"}},
                                                    request_body(options_, order, path));
    if (!document) return refuse(document.error());
    std::optional<IngestView> view = read_ingest(*document);
    if (!view) return refuse(broken("the service's answer is not an ingest"));
    say("ingest " + view->id + " accepted: " + order.space + "/" + order.identifier);
    if (options_.wait) return follow(*view);
    if (options_.json) console_.out(*document + "\n");
    return Exit::success;
  }

 private:
  void say(const std::string& text) {
    line_.clear();
    if (!options_.json) console_.out(one_line(text) + "\n");
  }

  /// Errors that arise while packing are the caller's to mend; all others are the service's.
  Exit refuse(const Error& error) {
    line_.clear();
    const bool local = error.act == Act::rejected && !error.where.empty();
    return complain(console_, local ? Exit::usage : Exit::unavailable, error);
  }

  Result<std::string> upload(Package& package, const std::string& path) {
    const std::string target = "/uploads/" + options_.area + "/" + percent_encode(path, "/");
    std::uint64_t bytes = 0;
    TRY(std::string receipt, session_.upload(target, *package.source, package.size, [&](std::uint64_t sent) {
      bytes = sent;
      line_.show("uploading " + package.file_name, sent, package.size, clock_.since_boot());
    }));
    say("uploaded " + package.file_name + ": " + with_thousands(bytes) + " bytes");
    return receipt;
  }

  Exit follow(IngestView view) {
    Duration pause = kFirstPause;
    Duration answered = clock_.since_boot();
    std::string document;
    while (true) {
      Result<std::string> answer = session_.request("GET", "/ingests/" + view.id);
      const Duration now = clock_.since_boot();
      if (answer) {
        answered = now;
        document = std::move(answer).value();
        const std::optional<IngestView> next = read_ingest(document);
        if (!next) return refuse(broken("the service's answer is not an ingest"));
        view = *next;
        if (show_news(view)) pause = kFirstPause;
        if (view.has_ended()) return conclude(view, document);
      } else if (answer.error().act != Act::temporary || now - answered > kPatience) {
        return refuse(answer.error());
      }
      clock_.wait_until(now + pause, {});
      pause = std::min(pause * 3 / 2, kLongestPause);
    }
  }

  /// Prints the events that are new, and how far the work is. True when there was something new.
  bool show_news(const IngestView& view) {
    const bool news = view.events.size() > shown_;
    for (; shown_ < view.events.size(); ++shown_) {
      say(view.events[shown_].created + "  " + view.events[shown_].description);
    }
    if (!view.progress.empty()) {
      const ProgressView& step = view.progress.front();
      line_.show(step.step, step.bytes_done, step.bytes_total, clock_.since_boot());
    }
    return news;
  }

  Exit conclude(const IngestView& view, const std::string& document) {
    const bool succeeded = view.status == "succeeded";
    std::string summary = view.status + ": " + view.bag;
    if (succeeded) summary += " " + view.version;
    say(summary);
    if (options_.json) console_.out(document + "\n");
    return succeeded ? Exit::success : Exit::failed;
  }

  const IngestOptions& options_;
  host::Console& console_;
  Clock& clock_;
  Entropy& entropy_;
  ApiSession session_;
  ProgressLine line_;
  std::size_t shown_ = 0;
};

}  // namespace

Exit ingest(const IngestOptions& options, const Surroundings& surroundings) {
  Result<Credentials> credentials = credentials_of(options, surroundings.console);
  if (!credentials) return complain(surroundings.console, Exit::usage, credentials.error());
  Result<Order> order = order_of(options);
  if (!order) return complain(surroundings.console, Exit::usage, order.error());
  return Depositor(options, surroundings, std::move(credentials).value()).run(order.value());
}

}  // namespace strongroom::cli

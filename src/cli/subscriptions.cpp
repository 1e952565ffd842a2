#include "cli/subscriptions.hpp"

#include <functional>
#include <memory>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/api_session.hpp"
#include "cli/json_tree.hpp"
#include "cli/paint.hpp"
#include "cli/readable.hpp"
#include "cli/table.hpp"

namespace strongroom::cli {
namespace {

struct AddOptions {
  std::string url;
  std::vector<std::string> kinds;
  std::vector<std::string> spaces;
  std::optional<std::string> from;
  bool json = false;
  ServiceOptions service;
};

/// Of the commands about one subscription, and of the list.
struct OneOptions {
  std::string id;
  bool json = false;
  ServiceOptions service;
};

/// Asks the service, and has its document shown by `show` unless JSON is wanted.
Exit ask(const ServiceOptions& service, const Surroundings& surroundings, bool json,
         const std::function<Result<std::string>(ApiSession&)>& request,
         const std::function<void(const JsonTree&)>& show) {
  host::Console& console = surroundings.console;
  Result<Credentials> credentials = find_credentials(service, console);
  if (!credentials) return complain(console, Exit::usage, credentials.error());
  ApiSession session(std::move(credentials).value());
  const Result<std::string> answer = request(session);
  if (!answer) return complain(console, Exit::unavailable, answer.error());
  if (json) {
    console.out(answer->empty() ? "" : *answer + "\n");
    return Exit::success;
  }
  const auto document = answer->empty() ? std::optional(JsonTree()) : JsonTree::parse(*answer);
  if (!document) return complain(console, Exit::unavailable, broken("the service's answer cannot be read"));
  show(*document);
  return Exit::success;
}

std::string path_of(const std::string& id) { return "/subscriptions/" + percent_encode(id, ""); }

std::string texts_of(const JsonTree& document, const std::string& name, const std::string& otherwise) {
  std::vector<std::string> texts;
  for (const JsonTree& text : document.list(name)) texts.push_back(one_line(text.text()));
  return texts.empty() ? otherwise : join(texts, ", ");
}

std::string state_of(const JsonTree& subscription) {
  if (!subscription.has("failingSince")) return "delivering";
  return "failing since " + readable_instant(subscription.text("failingSince")) + " (" +
         one_line(subscription.text("detail")) + ")";
}

Exit add(const AddOptions& options, const Surroundings& surroundings) {
  if (options.from && !parse_number(*options.from)) {
    return complain(surroundings.console, Exit::usage,
                    "--after " + one_line(*options.from) + ": must be a whole number");
  }
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().member("url", options.url);
  const auto texts = [&](const char* name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    writer.key(name).begin_array();
    for (const std::string& value : values) writer.text(value);
    writer.end_array();
  };
  texts("kinds", options.kinds);
  texts("spaces", options.spaces);
  if (options.from) writer.key("from").raw(*options.from);
  writer.end_object();
  return ask(
      options.service, surroundings, options.json,
      [&](ApiSession& session) {
        return session.request("POST", "/subscriptions", {{"Content-Type", "application/json"}}, body);
      },
      [&](const JsonTree& made) {
        surroundings.console.out("subscription " + one_line(made.text("id")) + ": events behind " +
                                 std::to_string(made.number("sequence").value_or(0)) + " go to " +
                                 one_line(made.text("url")) + "\n");
      });
}

Exit list(const OneOptions& options, const Surroundings& surroundings) {
  return ask(
      options.service, surroundings, options.json,
      [&](ApiSession& session) { return session.request("GET", "/subscriptions"); },
      [&](const JsonTree& document) {
        Table table({"ID", "URL", "SPACES", "KINDS", "AT", "DEAD", "STATE"});
        for (const JsonTree& one : document.list("results")) {
          table.add({{one_line(one.text("id")), ""},
                     {one_line(one.text("url")), ""},
                     {texts_of(one, "spaces", "every"), ""},
                     {texts_of(one, "kinds", "every"), ""},
                     {std::to_string(one.number("sequence").value_or(0)), ""},
                     {std::to_string(one.number("deadLetterCount").value_or(0)), ""},
                     {state_of(one), one.has("failingSince") ? "failed" : ""}});
        }
        const bool people = surroundings.console.out_is_terminal();
        surroundings.console.out(people ? table.aligned(Paint::for_out(surroundings)) : table.plain());
      });
}

void show_one(const JsonTree& subscription, const Surroundings& surroundings) {
  std::string text = one_line(subscription.text("id")) + " to " + one_line(subscription.text("url")) + ": at " +
                     std::to_string(subscription.number("sequence").value_or(0)) + ", " + state_of(subscription) + "\n";
  for (const JsonTree& letter : subscription.list("deadLetters")) {
    text += "dead letter " + std::to_string(letter.number("sequence").value_or(0)) + ", " +
            one_line(letter.text("kind")) + ", given up " + readable_instant(letter.text("endedDate")) + ": " +
            one_line(letter.text("detail")) + "\n";
  }
  const std::uint64_t all = subscription.number("deadLetterCount").value_or(0);
  const std::uint64_t shown = subscription.list("deadLetters").size();
  if (all > shown) text += "and " + counted(all - shown, "dead letter") + " more\n";
  surroundings.console.out(text);
}

Exit show(const OneOptions& options, const Surroundings& surroundings) {
  return ask(
      options.service, surroundings, options.json,
      [&](ApiSession& session) { return session.request("GET", path_of(options.id)); },
      [&](const JsonTree& one) { show_one(one, surroundings); });
}

Exit remove(const OneOptions& options, const Surroundings& surroundings) {
  return ask(
      options.service, surroundings, options.json,
      [&](ApiSession& session) { return session.request("DELETE", path_of(options.id)); },
      [&](const JsonTree&) { surroundings.console.out("removed subscription " + one_line(options.id) + "\n"); });
}

Exit retry(const OneOptions& options, const Surroundings& surroundings) {
  return ask(
      options.service, surroundings, options.json,
      [&](ApiSession& session) { return session.request("POST", path_of(options.id) + "/retry"); },
      [&](const JsonTree& one) {
        surroundings.console.out("subscription " + one_line(options.id) + " is tried again at once, with " +
                                 counted(one.number("deadLetterCount").value_or(0), "dead letter") + "\n");
      });
}

Command add_command() {
  const auto options = std::make_shared<AddOptions>();
  Command command("add", "have events sent to an address");
  command.description =
      "Has outgoing events sent to URL by POST, in order, until the subscription is removed: from now on, or from "
      "a place in the log. Each is tried again until it is taken, and after three days (subscriptions.giveUpAfter) it "
      "becomes a dead letter, so that those behind it go on.";
  command.examples = {
      {"Everything from now on", "strongroom subscriptions add https://index.example.org/events"},
      {"New bags of one space, from the beginning",
       "strongroom subscriptions add https://index.example.org/events --kind registered-bag --space maps "
       "--after 0"}};
  command.argument("URL", options->url, "where the events go: http or https");
  command.option("--kind", "KIND", options->kinds, "only events of this kind")
      .one_of({"registered-bag", "ingest-update", "bag-update", "transfer-update", "operator-alert"});
  command.option("--space", "SPACE", options->spaces, "only events of this space");
  command.option("--after", "NUMBER", options->from, "events behind this one; else from now on");
  command.flag("--json", options->json, "print the service's document and nothing else");
  add_service_options(command, options->service);
  command.run = [options](const Surroundings& surroundings) { return add(*options, surroundings); };
  return command;
}

Command list_command() {
  const auto options = std::make_shared<OneOptions>();
  Command command("list", "list subscriptions and how they do");
  command.description = "Lists all subscriptions with their place in the log of events, and what is wrong with them.";
  command.examples = {{"Those that fail",
                       "strongroom subscriptions list --json | jq '.results[] | "
                       "select(.failingSince)'"}};
  command.flag("--json", options->json, "print the service's document and nothing else");
  add_service_options(command, options->service);
  command.run = [options](const Surroundings& surroundings) { return list(*options, surroundings); };
  return command;
}

/// A command about one subscription.
Command one_command(const std::string& name, const std::string& summary, const std::string& description,
                    Exit (*run)(const OneOptions&, const Surroundings&)) {
  const auto options = std::make_shared<OneOptions>();
  Command command(name, summary);
  command.description = description;
  command.examples = {{"By its id", "strongroom subscriptions " + name + " 5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11"}};
  command.argument("ID", options->id, "the subscription, as `subscriptions list` shows it");
  command.flag("--json", options->json, "print the service's document, if there is one, and nothing else");
  add_service_options(command, options->service);
  command.run = [options, run](const Surroundings& surroundings) { return run(*options, surroundings); };
  return command;
}

}  // namespace

Command subscriptions_group() {
  Command group("subscriptions", "have events sent to others");
  group.description =
      "Commands about subscriptions: addresses that the service sends its events to. The client needs the scope "
      "operator.";
  group.commands.push_back(add_command());
  group.commands.push_back(list_command());
  group.commands.push_back(one_command("show", "show a subscription with its dead letters",
                                       "Shows how far a subscription has come, and the events that were given up.",
                                       show));
  group.commands.push_back(one_command("retry", "send dead letters once more",
                                       "Sends every dead letter of a subscription once more, and what waits for its "
                                       "next attempt at once. A letter that fails again stays a dead letter.",
                                       retry));
  group.commands.push_back(one_command("remove", "end a subscription",
                                       "Ends a subscription and forgets its dead letters. Nothing is sent any more.",
                                       remove));
  return group;
}

}  // namespace strongroom::cli

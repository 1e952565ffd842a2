#include "cli/notify.hpp"

#include <algorithm>
#include <memory>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/companion_command.hpp"
#include "cli/listener.hpp"
#include "cli/package_watch.hpp"
#include "cli/readable.hpp"
#include "events/born_digital.hpp"
#include "transfers/intake.hpp"

namespace strongroom::cli {
namespace {

constexpr std::size_t kMessagesAtOnce = 500;
constexpr const char* kNobody = "no message is set aside\n";

struct NotifyOptions {
  ConfigArguments where;
  bool once = false;
  bool from_start = false;
  bool replay = false;
  bool json = false;
  std::vector<std::string> spaces;
  std::optional<ListenAddress> metrics;
};

Result<std::unique_ptr<Listener>> make_listener(CompanionCommand& command, bool from_start) {
  DataCatalogue& data = command.data();
  const Surroundings& surroundings = command.surroundings();
  return Listener::make(command.config(),
                        {data.catalogue(), data.log(), data.sinks(), command.alerts(), command.providers(),
                         surroundings.clock, command.metrics(), command.journal()},
                        from_start);
}

/// A number as an answer of its own.
std::string answer_of(const char* name, std::uint64_t number) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().member(name, number).end_object();
  return json + "\n";
}

/// How many the listener has set aside.
Result<std::size_t> count_aside(MessagesAside& aside) {
  std::size_t count = 0;
  std::int64_t after = 0;
  for (;;) {
    TRY(const auto page, aside.messages_aside(after, kMessagesAtOnce));
    if (page.empty()) return count;
    count += static_cast<std::size_t>(std::ranges::count(page, events::kBornDigital, &MessageAside::source));
    after = page.back().number;
  }
}

Exit tell_once(CompanionCommand& command, Listener& listener, bool json) {
  host::Console& console = command.console();
  MessagesAside& aside = command.data().aside();
  const auto before = count_aside(aside);
  if (!before) return complain(console, Exit::usage, before.error());
  const Result<void> told = listener.tell_all(command.stop());
  if (!told) return complain(console, Exit::later, told.error());
  const auto after = count_aside(aside);
  if (!after) return complain(console, Exit::usage, after.error());
  if (json) console.out(answer_of("setAside", *after - *before));
  if (*after == *before) return Exit::success;
  return complain(console, Exit::failed,
                  counted(*after - *before, "message") + " set aside: `strongroom notify dead-letters list` shows why");
}

Exit notify_born_digital(const NotifyOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const std::optional<Config> config = config_or_complain(options.where, console);
  if (!config) return Exit::usage;
  if (!options.spaces.empty() && !options.replay) return complain(console, Exit::usage, "--space goes with --replay");
  const auto command = CompanionCommand::open(*config, surroundings, Ends::when_asked);
  if (!command || !command->tell_metrics(options.metrics)) return Exit::usage;
  const auto listener = make_listener(*command, options.from_start);
  if (!listener) return complain(console, Exit::usage, listener.error());
  if (options.replay) {
    const auto& spaces = options.spaces.empty() ? config->notify.spaces : options.spaces;
    const auto told = (*listener)->tell_again(spaces, command->stop());
    if (!told) return complain(console, Exit::later, told.error());
    console.out(options.json ? answer_of("told", *told) : counted(*told, "registration") + " told again\n");
    return Exit::success;
  }
  if (options.once) return tell_once(*command, **listener, options.json);
  (*listener)->run(command->stop());
  return Exit::success;
}

// ---- what was set aside

struct AsideOptions {
  ConfigArguments where;
  std::string number;
  bool json = false;
};

void write_message(JsonWriter& writer, const MessageAside& message) {
  writer.begin_object().member("number", message.number).member("source", message.source);
  writer.member("subject", message.subject).member("reason", message.reason);
  writer.member("createdDate", format_instant(message.created)).member("body", message.body).end_object();
}

Exit list_aside(const AsideOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const std::optional<Config> config = config_or_complain(options.where, console);
  if (!config) return Exit::usage;
  const auto data = DataCatalogue::open(*config, surroundings.clock);
  if (!data) return complain(console, Exit::usage, data.error());
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().key("messages").begin_array();
  std::string text;
  for (std::int64_t after = 0;;) {
    const auto page = (*data)->aside().messages_aside(after, kMessagesAtOnce);
    if (!page) return complain(console, Exit::usage, page.error());
    if (page->empty()) break;
    for (const MessageAside& message : *page) {
      write_message(writer, message);
      text += std::to_string(message.number) + "\t" +
              shown_instant(format_instant(message.created), console.out_is_terminal()) + "\t" +
              one_line(message.source) + "\t" + one_line(message.reason) + "\n";
    }
    after = page->back().number;
  }
  writer.end_array().end_object();
  console.out(options.json ? json + "\n" : text);
  if (!options.json && text.empty()) console.err(std::string("strongroom: ") + kNobody);
  return Exit::success;
}

/// The one that the options name; nothing after a complaint.
std::optional<MessageAside> find_one(const AsideOptions& options, DataCatalogue& data, host::Console& console) {
  const auto number = parse_number(options.number);
  const Result<std::optional<MessageAside>> found =
      number ? data.aside().find_aside(static_cast<std::int64_t>(*number)) : std::optional<MessageAside>();
  if (!found) {
    complain(console, Exit::usage, found.error());
    return std::nullopt;
  }
  if (!*found) complain(console, Exit::usage, "no message " + one_line(options.number) + " is set aside");
  return *found;
}

std::string json_of(const MessageAside& message) {
  std::string json;
  JsonWriter writer(json);
  write_message(writer, message);
  return json + "\n";
}

/// What became of the message, or as JSON the message itself.
Exit tell_done(const AsideOptions& options, const MessageAside& message, const std::string& done,
               host::Console& console) {
  console.out(options.json ? json_of(message) : "message " + std::to_string(message.number) + " " + done + "\n");
  return Exit::success;
}

Exit show_aside(const AsideOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const std::optional<Config> config = config_or_complain(options.where, console);
  if (!config) return Exit::usage;
  const auto data = DataCatalogue::open(*config, surroundings.clock);
  if (!data) return complain(console, Exit::usage, data.error());
  const auto message = find_one(options, **data, console);
  if (!message) return Exit::usage;
  if (options.json) {
    console.out(json_of(*message));
    return Exit::success;
  }
  console.out("message " + std::to_string(message->number) + ", set aside by " + one_line(message->source) + "\n" +
              "event   " + one_line(message->subject) + "\n" + "since   " +
              shown_instant(format_instant(message->created), console.out_is_terminal()) + "\n" + "reason  " +
              one_line(message->reason) + "\n" + one_line(message->body) + "\n");
  return Exit::success;
}

/// Taken in once more. Rejected when it still cannot be read.
Result<void> take_in_again(const MessageAside& message, CompanionCommand& command) {
  const Surroundings& surroundings = command.surroundings();
  const transfers::IntakeNeeds needs{command.data().transfers(), command.alerts().dead_letters(),
                                     surroundings.clock,         surroundings.entropy,
                                     command.journal(),          command.metrics()};
  TRY(const auto receipt, transfers::take_in(needs, intake_settings(command.config()), message.source, message.body));
  if (!receipt.malformed.empty()) {
    return rejected("it still cannot be read: " + receipt.malformed.front().description);
  }
  // With another configuration it would be lost in silence.
  if (receipt.accepted + receipt.known == 0) {
    return rejected(
        "it is about no package in an area of this configuration: look at --config, or discard the message");
  }
  return {};
}

Exit replay_aside(const AsideOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const auto command = CompanionCommand::open(options.where, surroundings, Ends::by_itself);
  if (!command) return Exit::usage;
  const auto listener = make_listener(*command, false);
  if (!listener) return complain(console, Exit::usage, listener.error());
  const auto message = find_one(options, command->data(), console);
  if (!message) return Exit::usage;
  const bool is_taken_in = transfers::is_notification(*message);
  const Result<void> told = is_taken_in ? take_in_again(*message, *command) : (*listener)->tell(*message);
  if (!told) return complain(console, told.error().act == Act::rejected ? Exit::failed : Exit::later, told.error());
  const auto dropped = command->alerts().dead_letters().drop(*message);
  if (!dropped) return complain(console, Exit::usage, dropped.error());
  return tell_done(options, *message, is_taken_in ? "was taken in" : "was sent", console);
}

Exit discard_aside(const AsideOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const auto command = CompanionCommand::open(options.where, surroundings, Ends::by_itself);
  if (!command) return Exit::usage;
  const auto message = find_one(options, command->data(), console);
  if (!message) return Exit::usage;
  const auto dropped = command->alerts().dead_letters().drop(*message);
  if (!dropped) return complain(console, Exit::usage, dropped.error());
  return tell_done(options, *message, "was discarded", console);
}

Command born_digital_command() {
  const auto options = std::make_shared<NotifyOptions>();
  Command command("born-digital", "tell those who build on born-digital bags of new ones");
  command.description =
      "Tells of every new version in the spaces of notify.spaces, in order and at least once, where notify.sink says: "
      "a directory, a topic of SNS, or a webhook. Runs until SIGTERM or SIGINT; `serve` does the same itself with "
      "services = [\"notify\"]. A new listener begins with what is registered from then on.";
  command.examples = {
      {"Beside the service", "strongroom notify born-digital --config /etc/strongroom.toml"},
      {"What there is, and no longer", "strongroom notify born-digital --data /srv/strongroom --once"},
      {"One space once more", "strongroom notify born-digital --data /srv/strongroom --replay --space born-digital"}};
  command.exits = {{Exit::failed, "a message was set aside"},
                   {Exit::later, "messages are still to be sent; run it again"}};
  command.flag("--once", options->once, "tell what there is up to now, and end");
  command.flag("--from-start", options->from_start, "a new listener begins with the first registration there was");
  command.flag("--replay", options->replay, "tell of every registration once more, and end");
  command.option("--space", "SPACE", options->spaces, "with --replay: only of this space");
  command.flag("--json", options->json, "with --once and --replay: print what was done as JSON and nothing else");
  command.parameters.push_back(metrics_option(options->metrics));
  add_data_options(command, options->where);
  command.run = [options](const Surroundings& surroundings) { return notify_born_digital(*options, surroundings); };
  return command;
}

Command aside_command(const std::string& name, const std::string& summary, const std::string& description,
                      bool about_one, Exit (*run)(const AsideOptions&, const Surroundings&)) {
  const auto options = std::make_shared<AsideOptions>();
  Command command(name, summary);
  command.description = description;
  const std::string example = "strongroom notify dead-letters " + name + (about_one ? " 3" : "");
  command.examples = {{"Of a service with its data there", example + " --data /srv/strongroom"}};
  if (about_one) command.argument("NUMBER", options->number, "the message, as `notify dead-letters list` shows it");
  command.flag("--json", options->json, "print JSON and nothing else");
  add_data_options(command, options->where);
  command.run = [options, run](const Surroundings& surroundings) { return run(*options, surroundings); };
  return command;
}

Command dead_letters_group() {
  Command group("dead-letters", "messages that were set aside");
  group.description =
      "Commands about messages that could not be made, or that the other side refused for what they are, and about "
      "notifications of uploads that could not be read.";
  group.commands.push_back(aside_command("list", "list the messages that were set aside",
                                         "Lists the messages with their numbers, and why each was set aside.", false,
                                         list_aside));
  group.commands.push_back(aside_command("show", "show a message that was set aside",
                                         "Shows a message with the event it was to tell of.", true, show_aside));
  Command replay = aside_command("replay", "send a message once more",
                                 "Makes the message anew and sends it, or takes a notification in again; once that was "
                                 "done it is no longer set aside.",
                                 true, replay_aside);
  replay.exits = {{Exit::failed, "it was refused again"}, {Exit::later, "it could not be sent; run it again"}};
  group.commands.push_back(std::move(replay));
  group.commands.push_back(aside_command("discard", "forget a message",
                                         "Forgets a message for good. Nobody is told of what it was about.", true,
                                         discard_aside));
  return group;
}

}  // namespace

Command notify_group() {
  Command group("notify", "tell others of new bags");
  group.description =
      "Commands about the listener that tells those who build on born-digital bags of new ones. They work on the "
      "catalogue of the data directory, beside a running service or without one.";
  group.commands.push_back(born_digital_command());
  group.commands.push_back(dead_letters_group());
  return group;
}

}  // namespace strongroom::cli

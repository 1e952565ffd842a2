#include "cli/listener.hpp"

#include "adapters/cloud/secret_file.hpp"
#include "adapters/messages/directory/directory_topic.hpp"
#include "adapters/messages/webhook/webhook_topic.hpp"
#include "adapters/messages/wrappers/metered_topic.hpp"
#include "events/born_digital.hpp"
#include "transfers/problems.hpp"

namespace strongroom::cli {
namespace {

constexpr std::size_t kAtOnce = 100;
constexpr std::size_t kGlance = 2000;

/// Where nobody wants to be told.
class NoTopic final : public Topic {
 public:
  Result<void> publish(const Notice&) override { return {}; }
};

Result<std::string> secret_in(const std::string& file) {
  if (file.empty()) return std::string();
  auto secret = cloud::read_secret(file);
  if (!secret || secret->empty()) return rejected("a secret cannot be read, or is empty", file);
  return *secret;
}

Result<std::unique_ptr<Topic>> make_topic(const Config& config, const ListenerNeeds& needs, HttpClient& client) {
  const NotifySetting& notify = config.notify;
  const auto metered = [&](std::unique_ptr<Topic> topic, const std::string& remote) {
    return std::unique_ptr<Topic>(std::make_unique<messages::MeteredTopic>(std::move(topic), remote, needs.metrics));
  };
  switch (notify.sink) {
    case NotifySink::file:
      return std::unique_ptr<Topic>(std::make_unique<messages::directory::DirectoryTopic>(config.notify_directory()));
    case NotifySink::sns:
      return metered(needs.providers.topic(notify.topic, notify.cloud), "notification topic");
    case NotifySink::webhook: {
      TRY(std::string url, secret_in(notify.url_file));
      TRY(std::string secret, secret_in(notify.secret_file));
      return metered(
          std::make_unique<messages::webhook::WebhookTopic>(
              std::move(url), std::move(secret), std::string("Strongroom/") + STRONGROOM_VERSION, client, needs.clock),
          "notification webhook");
    }
    case NotifySink::none:
      break;
  }
  return std::unique_ptr<Topic>(std::make_unique<NoTopic>());
}

std::function<Result<void>(const MessageAside&)> keep_aside(Alerts& alerts) {
  return [&alerts](const MessageAside& message) -> Result<void> {
    const auto kept = alerts.dead_letters().set_aside(message);
    if (!kept) return kept.error();
    return {};
  };
}

std::function<void(const std::string&)> tell_barred(Alerts& alerts) {
  return [&alerts](const std::string& why) {
    if (why.empty()) {
      alerts.alarm().over(transfers::problem::kNotifications);
    } else {
      alerts.alarm().raise(transfers::problem::kNotifications, "Nobody is told of new born-digital bags: " + why);
    }
  };
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::make(const Config& config, const ListenerNeeds& needs, bool from_start) {
  std::unique_ptr<Listener> listener(new Listener(needs));
  TRY(listener->topic_, make_topic(config, needs, listener->client_));
  listener->sink_needs_ = std::make_unique<events::TopicSinkNeeds>(
      events::TopicSinkNeeds{*listener->topic_, needs.sinks, needs.log, needs.catalogue, needs.clock, needs.metrics,
                             needs.journal, keep_aside(needs.alerts), tell_barred(needs.alerts)});
  events::TopicSinkSettings& settings = listener->settings_;
  settings.name = events::kBornDigital;
  settings.topic = events::kBornDigital;
  settings.filter.kinds = {"registered-bag"};
  settings.filter.allowed_spaces = config.notify.spaces;
  settings.compose = events::born_digital_message;
  settings.repeats = config.notify.reindex;
  settings.from_start = from_start;
  return listener;
}

void Listener::run(const std::stop_token& stop) { events::TopicSink(*sink_needs_, settings_, stop).run(); }

Result<void> Listener::tell_all(const std::stop_token& stop) {
  events::TopicSink sink(*sink_needs_, settings_, stop);
  for (;;) {
    TRY(const bool more, sink.publish_some());
    if (!more) return {};
  }
}

Result<void> Listener::publish(const LoggedEvent& logged) {
  TRY(const std::string message, events::born_digital_message(logged));
  return topic_->publish({logged.event.id, logged.event.sequence, logged.event.space, message});
}

Result<std::uint64_t> Listener::tell_again(const std::vector<std::string>& spaces, const std::stop_token& stop) {
  const EventFilter filter{.kinds = {"registered-bag"}, .allowed_spaces = spaces};
  std::uint64_t told = 0;
  std::int64_t position = 0;
  for (;;) {
    TRY(const EventPage page, needs_.log.events_after(position, filter, kAtOnce, kGlance));
    for (const LoggedEvent& logged : page.events) {
      if (stop.stop_requested()) return temporary("asked to stop", {}, Reason::stopped);
      // A repetition tells of a registration that is among them.
      if (logged.event.reindex) continue;
      TRY_VOID(publish(logged));
      ++told;
    }
    if (page.looked_at <= position) return told;
    position = page.looked_at;
  }
}

Result<void> Listener::tell(const MessageAside& message) {
  const EventFilter filter{.kinds = {"registered-bag"}};
  std::int64_t position = 0;
  for (;;) {
    TRY(const EventPage page, needs_.log.events_after(position, filter, kAtOnce, kGlance));
    for (const LoggedEvent& logged : page.events) {
      if (logged.event.id == message.subject) return publish(logged);
    }
    if (page.looked_at <= position) return rejected("the event it was made of is not there any more", message.subject);
    position = page.looked_at;
  }
}

}  // namespace strongroom::cli

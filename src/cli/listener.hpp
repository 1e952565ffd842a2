// The born-digital listener as the configuration has it, for the service and for the command alike (transfers.md 14).
//
// One place in the log for all who run it; two that run it at once tell things twice, with the same id.
#pragma once

#include <memory>
#include <stop_token>

#include "adapters/web/client/callback_client.hpp"
#include "cli/alerts.hpp"
#include "cli/config.hpp"
#include "cli/providers.hpp"
#include "events/topic_sink.hpp"

namespace strongroom::cli {

/// Everything outlives the listener.
struct ListenerNeeds {
  Catalogue& catalogue;
  EventLog& log;
  Sinks& sinks;
  Alerts& alerts;
  Providers& providers;
  Clock& clock;
  Metrics& metrics;
  Log& journal;
};

class Listener {
 public:
  /// Rejected when a file of the configuration cannot be read.
  static Result<std::unique_ptr<Listener>> make(const Config& config, const ListenerNeeds& needs,
                                                bool from_start = false);

  /// Until a stop is asked for.
  void run(const std::stop_token& stop);
  /// Up to the present end of the log.
  Result<void> tell_all(const std::stop_token& stop);
  /// Every registration there was once more, of these spaces; how many. The place stays where it is.
  Result<std::uint64_t> tell_again(const std::vector<std::string>& spaces, const std::stop_token& stop);
  /// One message that was set aside, made anew. Rejected when it still cannot be sent.
  Result<void> tell(const MessageAside& message);

 private:
  explicit Listener(const ListenerNeeds& needs) : needs_(needs) {}
  Result<void> publish(const LoggedEvent& logged);

  const ListenerNeeds needs_;
  web::CallbackClient client_;
  std::unique_ptr<Topic> topic_;
  std::unique_ptr<events::TopicSinkNeeds> sink_needs_;
  events::TopicSinkSettings settings_;
};

}  // namespace strongroom::cli

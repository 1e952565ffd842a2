// The topic sink: the consumer of the event log that publishes what it tells to a topic outside (pipeline.md 15).
//
// Each event's body, or what is made of it, in order, at least once; an event's id is the message's. What the topic
// refuses for what it is is set aside and told, and those behind it go on; anything else holds the place, as skipping
// would lose it. A new sink begins with what happens from then on. One thread.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/event_log.hpp"
#include "ports/log.hpp"
#include "ports/messages_aside.hpp"
#include "ports/metrics.hpp"
#include "ports/sinks.hpp"
#include "ports/topic.hpp"

namespace strongroom::events {

/// Under which name the place of a topic's sink is kept.
[[nodiscard]] std::string topic_sink_name(const std::string& topic);

struct TopicSinkSettings {
  std::string name;   ///< as the configuration has it: in the log and in metrics
  std::string topic;  ///< which topic it is: another one is another sink
  EventFilter filter;
  /// Makes the message of an event; empty: the event's body as it is. Rejected: nothing can be made of this one.
  std::function<Result<std::string>(const LoggedEvent& logged)> compose{};
  bool repeats = true;      ///< events that repeat an earlier registration are published, too
  bool from_start = false;  ///< a new sink begins with the first event there is
};

/// Everything outlives the sink.
struct TopicSinkNeeds {
  Topic& topic;
  Sinks& sinks;
  EventLog& log;
  Catalogue& catalogue;  ///< tells when something was committed
  Clock& clock;
  Metrics& metrics;
  Log& journal;
  /// Takes what the topic refuses, with its body, and sees to it that operators are told; may be called again with the
  /// same. Empty: it goes among the refused.
  std::function<Result<void>(const MessageAside& message)> set_aside{};
  /// Hears of run() what an operator has to mend before anything is published, and nothing (empty) once it goes on.
  std::function<void(const std::string& why)> tell_barred{};
};

class TopicSink {
 public:
  TopicSink(const TopicSinkNeeds& needs, const TopicSinkSettings& settings, std::stop_token stop);

  /// Publishes what stands behind the place, one page of the log. False when there was nothing. An Error leaves the
  /// place behind what was published.
  Result<bool> publish_some();
  /// publish_some() again and again until a stop is asked for, with growing pauses while there is trouble.
  void run();

 private:
  Result<void> begin();
  Result<void> publish(const LoggedEvent& logged);
  Result<void> set_aside(const LoggedEvent& logged, const std::string& body, const std::string& reason);
  Result<void> settle(std::int64_t position, std::vector<RefusedDocument> refused = {});

  const TopicSinkNeeds& needs_;
  const TopicSinkSettings& settings_;
  const std::string sink_;  ///< name of its place
  const std::stop_token stop_;
};

}  // namespace strongroom::events

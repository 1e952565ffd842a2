// The topic sink: the consumer of the event log that publishes what it tells to a topic outside (pipeline.md 15).
//
// Each event's body alone, in order, at least once; an event's id is the message's. What the topic refuses for what it
// is is kept among the refused and told, and those behind it go on; anything else holds the place, as skipping would
// lose it. A new sink begins with what happens from then on. One thread.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/event_log.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"
#include "ports/sinks.hpp"
#include "ports/topic.hpp"

namespace strongroom::events {

struct TopicSinkSettings {
  std::string name;   ///< as the configuration has it: in the log and in metrics
  std::string topic;  ///< which topic it is: another one is another sink
  EventFilter filter;
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
  Result<void> settle(std::int64_t position, std::vector<RefusedDocument> refused = {});

  const TopicSinkNeeds& needs_;
  const TopicSinkSettings& settings_;
  const std::string sink_;  ///< name of its place
  const std::stop_token stop_;
};

}  // namespace strongroom::events

// Metrics: what an operator watches, as counters, gauges and histograms (http-api.md 7.3).
//
// The families below are all there are; docs/operators.md explains each. All calls may come from any thread, none
// fails, none waits.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace strongroom {

enum class MetricKind : std::uint8_t { counter, gauge, histogram };

/// A family of series that differ in the values of their labels. Names and units as Prometheus has them.
struct MetricFamily {
  std::string_view name;
  std::string_view help;
  MetricKind kind = MetricKind::counter;
  std::array<std::string_view, 2> labels{};  ///< empty ones at the end: fewer
};

namespace metric {
inline constexpr MetricFamily kRequests{
    "strongroom_http_requests_total", "Requests answered.", MetricKind::counter, {"route", "status"}};
inline constexpr MetricFamily kAuthenticationFailures{"strongroom_authentication_failures_total",
                                                      "Requests without a valid token, and failed requests for one."};
inline constexpr MetricFamily kLargeResponses{
    "strongroom_large_responses_total", "Long answers by how they were given.", MetricKind::counter, {"outcome"}};
inline constexpr MetricFamily kIngests{
    "strongroom_ingests", "Ingests in the catalogue, by status.", MetricKind::gauge, {"status"}};
inline constexpr MetricFamily kRetrying{"strongroom_ingests_retrying", "Failed ingests that run again.",
                                        MetricKind::gauge};
inline constexpr MetricFamily kOldestUnfinished{"strongroom_oldest_unfinished_ingest_seconds",
                                                "Age of the oldest ingest that has not ended; 0 when all have.",
                                                MetricKind::gauge};
inline constexpr MetricFamily kStepSeconds{
    "strongroom_step_seconds", "Time from a step's start to its success.", MetricKind::histogram, {"step"}};
inline constexpr MetricFamily kStepRetries{"strongroom_step_retries_total",
                                           "Times that a step met trouble and is to be tried again.",
                                           MetricKind::counter,
                                           {"step"}};
inline constexpr MetricFamily kStepFailures{
    "strongroom_step_failures_total", "Steps that failed, and their ingests with them.", MetricKind::counter, {"step"}};
inline constexpr MetricFamily kLocationBytes{"strongroom_location_bytes_total",
                                             "Bytes written to and read from a storage location.",
                                             MetricKind::counter,
                                             {"location", "direction"}};
inline constexpr MetricFamily kLocationFaults{
    "strongroom_location_errors_total", "Calls to a storage location that failed.", MetricKind::counter, {"location"}};
inline constexpr MetricFamily kReplicaFailures{"strongroom_replica_verification_failures_total",
                                               "Copies that were read back and were not right.",
                                               MetricKind::counter,
                                               {"location"}};
inline constexpr MetricFamily kCopiesUnusable{"strongroom_copies_unusable_total",
                                              "Stored files that a location could not give to a reader.",
                                              MetricKind::counter,
                                              {"location", "fault"}};
inline constexpr MetricFamily kDamagedFiles{"strongroom_damaged_files",
                                            "Stored files that a location is known not to hold as they were stored.",
                                            MetricKind::gauge,
                                            {"location"}};
inline constexpr MetricFamily kLeftovers{"strongroom_leftover_versions",
                                         "Version numbers that failed ingests left over in storage locations.",
                                         MetricKind::gauge};
inline constexpr MetricFamily kCallbacks{
    "strongroom_callback_attempts_total", "Attempts to deliver a callback.", MetricKind::counter, {"outcome"}};
inline constexpr MetricFamily kPendingCallbacks{"strongroom_callbacks_pending",
                                                "Callbacks that are still to be delivered.", MetricKind::gauge};
inline constexpr MetricFamily kSubscriptionDeliveries{
    "strongroom_subscription_deliveries_total",
    "Attempts to deliver an event to a subscription, and events given up.",
    MetricKind::counter,
    {"outcome"}};
inline constexpr MetricFamily kDryRuns{
    "strongroom_dry_runs_total", "Dry runs that have ended or were turned away.", MetricKind::counter, {"outcome"}};
inline constexpr MetricFamily kEventSequence{"strongroom_event_sequence", "Sequence of the last outgoing event.",
                                             MetricKind::gauge};
inline constexpr MetricFamily kEventStreams{"strongroom_event_streams", "Event streams that are open.",
                                            MetricKind::gauge};
inline constexpr MetricFamily kEventsSent{
    "strongroom_events_sent_total", "Outgoing events given to readers.", MetricKind::counter, {"way"}};

inline constexpr MetricFamily kIndexDocuments{"strongroom_index_documents_total",
                                              "Documents sent to the search server outside.",
                                              MetricKind::counter,
                                              {"index", "outcome"}};
inline constexpr MetricFamily kIndexSequence{
    "strongroom_index_sequence", "Sequence of the last outgoing event that the search server outside knows.",
    MetricKind::gauge};

inline constexpr MetricFamily kTieringSequence{
    "strongroom_tiering_sequence",
    "Sequence of the last outgoing event whose version has been moved to a location's archive tier.",
    MetricKind::gauge,
    {"location"}};

inline constexpr MetricFamily kTopicSequence{"strongroom_topic_sequence",
                                             "Sequence of the last outgoing event that was dealt with for a topic.",
                                             MetricKind::gauge,
                                             {"topic"}};
inline constexpr MetricFamily kTopicNotices{"strongroom_topic_notices_total",
                                            "Outgoing events published to a topic, or refused by it.",
                                            MetricKind::counter,
                                            {"topic", "outcome"}};

inline constexpr MetricFamily kTransferNotifications{"strongroom_transfer_notifications_total",
                                                     "Records of notifications about transfer packages.",
                                                     MetricKind::counter,
                                                     {"source", "outcome"}};

inline constexpr MetricFamily kTransfers{
    "strongroom_transfers", "Transfer packages, by state.", MetricKind::gauge, {"state"}};
inline constexpr MetricFamily kOldestTransfer{
    "strongroom_oldest_unfinished_transfer_seconds",
    "Age of the oldest transfer package that is still on its way; 0 when none is.", MetricKind::gauge};
inline constexpr MetricFamily kMessagesAside{"strongroom_messages_aside",
                                             "Messages set aside until an operator has looked.", MetricKind::gauge};
inline constexpr MetricFamily kRemoteCalls{
    "strongroom_transfer_calls_total",
    "Calls to transfer areas, to Archivematica, and to where reports, alerts and notifications go.",
    MetricKind::counter,
    {"remote", "outcome"}};
inline constexpr MetricFamily kListenerLag{
    "strongroom_listener_lag",
    "Outgoing events that a listener has not dealt with yet, as its place in the catalogue is.",
    MetricKind::gauge,
    {"listener"}};

inline constexpr std::array kAll = {kRequests,
                                    kAuthenticationFailures,
                                    kIngests,
                                    kRetrying,
                                    kOldestUnfinished,
                                    kStepSeconds,
                                    kStepRetries,
                                    kStepFailures,
                                    kLocationBytes,
                                    kLocationFaults,
                                    kReplicaFailures,
                                    kCopiesUnusable,
                                    kDamagedFiles,
                                    kLeftovers,
                                    kCallbacks,
                                    kPendingCallbacks,
                                    kSubscriptionDeliveries,
                                    kDryRuns,
                                    kEventSequence,
                                    kEventStreams,
                                    kEventsSent,
                                    kIndexDocuments,
                                    kIndexSequence,
                                    kTieringSequence,
                                    kTopicSequence,
                                    kTopicNotices,
                                    kLargeResponses,
                                    kTransferNotifications,
                                    kTransfers,
                                    kOldestTransfer,
                                    kMessagesAside,
                                    kRemoteCalls,
                                    kListenerLag};
}  // namespace metric

using MetricLabels = std::initializer_list<std::string_view>;

class Metrics {
 public:
  virtual ~Metrics() = default;
  /// Adds to a counter. Label values in the order of the family's labels, here and below.
  virtual void add(const MetricFamily& family, MetricLabels labels, double by) = 0;
  void count(const MetricFamily& family, MetricLabels labels) { add(family, labels, 1); }
  /// Sets a gauge.
  virtual void set(const MetricFamily& family, MetricLabels labels, double value) = 0;
  /// One more observation of a histogram.
  virtual void observe(const MetricFamily& family, MetricLabels labels, double value) = 0;
  /// Everything in the text format of Prometheus.
  virtual std::string text() = 0;
};

/// One more call to a service that companions work with (`metric::kRemoteCalls`). A refusal is an answer, and
/// succeeded.
inline void count_call(Metrics& metrics, std::string_view remote, bool succeeded) {
  metrics.count(metric::kRemoteCalls, {remote, succeeded ? "succeeded" : "failed"});
}

/// Keeps nothing: for programs that nobody watches.
class NoMetrics final : public Metrics {
 public:
  void add(const MetricFamily&, MetricLabels, double) override {}
  void set(const MetricFamily&, MetricLabels, double) override {}
  void observe(const MetricFamily&, MetricLabels, double) override {}
  std::string text() override { return {}; }
};

}  // namespace strongroom

// The event log: the outgoing events as their readers want them, reindexing, and what is kept how long (pipeline.md
// 10).
//
// Kept by the adapter that keeps the catalogue, in the same database; events are appended by the catalogue's own
// transactions. All calls may come from any thread; each is atomic, and none holds anything open between two calls.
// Errors as the catalogue's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/catalogue.hpp"

namespace strongroom {

/// A kind of events that asks for a right of its own.
struct KindRight {
  std::string kind;
  /// Where the reader has that right: everywhere when absent.
  std::optional<std::vector<std::string>> spaces{};
  friend bool operator==(const KindRight&, const KindRight&) = default;
};

/// Which events a reader gets. Absent and empty members let everything through.
struct EventFilter {
  std::vector<std::string> kinds{};  ///< any of these
  std::optional<std::string> space{};
  std::optional<std::vector<std::string>> allowed_spaces{};
  std::vector<KindRight> rights{};  ///< an event of such a kind must be in its spaces as well

  [[nodiscard]] bool passes(std::string_view kind, std::string_view of_space) const;
  friend bool operator==(const EventFilter&, const EventFilter&) = default;
};

/// An ingest as it was after one of its changes, with the events it had then.
struct IngestThen {
  Ingest ingest;
  std::vector<IngestEvent> events;
};

/// An event with all that its envelope shows.
struct LoggedEvent {
  OutgoingEvent event;
  std::optional<IngestThen> then;  ///< of an `ingest-update`, from the append-only history (CORRECTNESS 3.5)
};

struct EventPage {
  std::vector<LoggedEvent> events;  ///< ascending
  std::int64_t looked_at = 0;       ///< the highest sequence looked at: reading on from it loses nothing
  std::size_t looked = 0;           ///< how many events were looked at
  bool more = false;                ///< there are events behind `looked_at`
};

/// What is to be emitted again: everything, a space, or a bag.
struct ReindexScope {
  std::optional<Space> space{};
  std::optional<ExternalIdentifier> external_identifier{};  ///< only with `space`
};

struct NewReindex {
  std::string id;  ///< UUID
  ReindexScope scope;
  Instant now;
  Deed deed;  ///< recorded in the same transaction
};

/// What a batch of reindexing did.
struct ReindexBatch {
  std::string id;            ///< of the reindex
  std::size_t emitted = 0;   ///< by this batch
  std::uint64_t in_all = 0;  ///< by all its batches
  bool ended = false;
};

class EventLog {
 public:
  virtual ~EventLog() = default;

  /// The next events behind `after` that pass, up to `limit`; looks at `look` events at most.
  virtual Result<EventPage> events_after(std::int64_t after, const EventFilter& filter, std::size_t limit,
                                         std::size_t look) = 0;
  /// Of the last event that was ever appended, whether or not it is still kept; 0 before the first.
  virtual Result<std::int64_t> last_sequence() = 0;

  /// Writes down that every registered version in scope is to be emitted once more; how many there are. A bag without a
  /// registered version: Reason::not_found.
  virtual Result<std::uint64_t> begin_reindex(const NewReindex& reindex) = 0;
  /// Appends `registered-bag` events for the next versions of the oldest reindex that has not ended, one for each of
  /// `ids` at most, by space, identifier and version; nothing when there is none. Events and progress are one
  /// transaction: whoever calls, from however many processes, each version is emitted once.
  virtual Result<std::optional<ReindexBatch>> continue_reindex(Instant now, const std::vector<std::string>& ids) = 0;

  /// Removes up to `limit` of the `ingest-update` events from before `instant`, the oldest first; how many. No sequence
  /// is used twice.
  virtual Result<std::uint64_t> drop_updates(Instant instant, std::size_t limit) = 0;
  /// The same of `transfer-update` and `operator-alert` events. No others are ever removed.
  virtual Result<std::uint64_t> drop_transfer_updates(Instant instant, std::size_t limit) = 0;
};

}  // namespace strongroom

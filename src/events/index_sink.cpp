#include "events/index_sink.hpp"

#include "events/index_documents.hpp"

namespace strongroom::events {
namespace {

constexpr Duration kNap = std::chrono::seconds(1);
constexpr Duration kAfterTrouble = std::chrono::seconds(5);
constexpr std::size_t kAtOnce = 500;
constexpr std::size_t kGlance = 2000;

}  // namespace

std::string index_sink_name(const std::string& url, const std::string& prefix) { return "index " + url + " " + prefix; }

Result<void> require_indexes(IndexServer& server, const std::string& prefix) {
  for (const IndexDefinition& one : index_definitions()) {
    const std::string name = index_name(prefix, one.suffix);
    TRY(const bool there, server.has_index(name));
    if (!there) return broken("the search server has no index " + name + ": `strongroom index create` makes it");
  }
  return {};
}

IndexSink::IndexSink(const IndexSinkNeeds& needs, const IndexSinkSettings& settings, std::stop_token stop)
    : needs_(needs),
      settings_(settings),
      stop_(std::move(stop)),
      writer_({needs.server, needs.clock, needs.versions.journal, needs.metrics}, settings.bulk, stop_,
              [this](const BulkOutcome& outcome) { return settle(outcome); }) {}

Result<bool> IndexSink::take_some() {
  TRY(const SinkState state, needs_.sinks.sink_state(settings_.name));
  complete_ = state.position;
  needs_.metrics.set(metric::kIndexSequence, {}, static_cast<double>(complete_));
  TRY(const EventPage page,
      needs_.log.events_after(state.position, {{"ingest-update", "registered-bag"}, {}, {}}, kAtOnce, kGlance));
  if (page.looked_at <= state.position) return false;
  for (const LoggedEvent& logged : page.events) {
    TRY_VOID(take(logged));
    complete_ = logged.event.sequence;
  }
  complete_ = page.looked_at;
  TRY_VOID(writer_.flush());
  return true;
}

void IndexSink::run() {
  bool checked = false;
  std::string told;
  while (!stop_.stop_requested()) {
    const std::uint64_t seen = needs_.versions.catalogue.news(News::events);
    const Result<void> indexes = checked ? ok() : require_indexes(needs_.server, settings_.prefix);
    checked = indexes.has_value();
    const Result<bool> done = checked ? take_some() : Result<bool>(indexes.error());
    if (!done) {
      // What had gathered is read again from the place.
      writer_.drop();
      checked = false;
      if (done.error().reason == Reason::stopped) return;
      // It may take days until somebody mends it: the same is told once.
      if (std::exchange(told, done.error().text()) != done.error().text()) {
        needs_.versions.journal.write(LogLevel::error, "index_behind", {{"error", told}});
      }
      needs_.clock.wait_until(needs_.clock.since_boot() + kAfterTrouble, stop_);
      continue;
    }
    told.clear();
    if (!*done) {
      needs_.versions.catalogue.wait_for_news(News::events, seen, needs_.clock.since_boot() + kNap, stop_);
    }
  }
}

Result<void> IndexSink::take(const LoggedEvent& logged) {
  if (!logged.then) return take_version(logged);
  return add(ingest_index_document(settings_.prefix, *logged.then), logged.event.sequence);
}

/// Read twice: what the documents of files need stands behind the files.
Result<void> IndexSink::take_version(const LoggedEvent& logged) {
  TRY(const RegisteredVersion version, find_version(needs_.versions.catalogue, logged.event.body));
  const Registration& registration = *version.row.registration;
  TRY(VersionReading first, VersionReading::open(needs_.versions, version));
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  while (true) {
    TRY(const DescribedFile* file, first.next_file());
    if (file == nullptr) break;
    files += 1;
    bytes += file->size;
  }
  const auto locations =
      version_locations(version.bag.str(), registration.location_uuids, needs_.locations, first.tail().locations);
  if (locations.empty()) return broken("a registered version has no location", version.bag.str(), Reason::corrupt);
  const IndexedBag bag{first.head(), registration.created, locations, files, bytes};
  const std::string own = version.row.version.str() + "/";
  TRY(VersionReading second, VersionReading::open(needs_.versions, version));
  while (true) {
    TRY(const DescribedFile* file, second.next_file());
    if (file == nullptr) break;
    if (file->path.starts_with(own)) {
      TRY_VOID(add(file_index_document(settings_.prefix, bag, *file), logged.event.sequence));
    }
  }
  return add(bag_index_document(settings_.prefix, bag), logged.event.sequence);
}

Result<void> IndexSink::add(IndexDocument document, std::int64_t sequence) {
  document.sequence = sequence;
  return writer_.add(std::move(document));
}

Result<void> IndexSink::settle(const BulkOutcome& outcome) {
  TRY_VOID(needs_.sinks.settle_sink({settings_.name, complete_, outcome.taken, outcome.refused}));
  needs_.metrics.set(metric::kIndexSequence, {}, static_cast<double>(complete_));
  return {};
}

}  // namespace strongroom::events

#include "events/indexing.hpp"

#include "domain/json_members.hpp"
#include "retrieve/description.hpp"

namespace strongroom::events {
namespace {

constexpr Duration kNap = std::chrono::seconds(1);
constexpr Duration kAfterTrouble = std::chrono::seconds(30);
constexpr std::size_t kAtOnce = 50;
constexpr std::size_t kGlance = 2000;

struct Registered {
  BagId bag;
  Version version;
};

/// The body of a `registered-bag` event.
Result<Registered> read_body(const std::string& body) {
  TRY(const JsonMembers members, JsonMembers::parse(body));
  TRY(const std::string space_text, members.text("space"));
  TRY(const std::string identifier_text, members.text("externalIdentifier"));
  TRY(const std::string version_text, members.text("version"));
  TRY(Space space, Space::parse(space_text));
  TRY(ExternalIdentifier identifier, ExternalIdentifier::parse(identifier_text));
  const auto version = Version::parse(version_text);
  if (!version) return broken("an event names no version", version_text, Reason::corrupt);
  return Registered{{std::move(space), std::move(identifier)}, *version};
}

std::string words_of(const BagInfo& info) {
  std::string words;
  for (const auto& [label, value] : info.fields) words.append(value).push_back('\n');
  return words;
}

Result<void> take_in(const IndexingNeeds& needs, const std::string& body) {
  TRY(const Registered registered, read_body(body));
  TRY(const auto row, needs.catalogue.find_registered(registered.bag, registered.version));
  if (!row || !row->registration) return broken("an event tells of a version that is not registered", body);
  TRY(const auto source,
      retrieve::open_description({needs.records, needs.locations, needs.journal}, registered.bag, *row));
  DescriptionReader reader(*source);
  TRY(const DescriptionHead head, reader.head());
  const IndexedVersion version{registered.bag, registered.version, row->registration->created, words_of(head.info)};
  return needs.index.add(version, [&]() -> Result<const DescribedFile*> {
    TRY(const DescribedFile* file, reader.next_file());
    if (file == nullptr) {
      TRY([[maybe_unused]] const DescriptionTail tail, reader.skip_to_tail());
    }
    return file;
  });
}

}  // namespace

Result<bool> index_some(const IndexingNeeds& needs) {
  TRY(const std::int64_t position, needs.index.position());
  TRY(const EventPage page, needs.log.events_after(position, {{"registered-bag"}, {}, {}}, kAtOnce, kGlance));
  if (page.looked_at <= position) return false;
  for (const LoggedEvent& logged : page.events) {
    TRY_VOID(take_in(needs, logged.event.body));
    TRY_VOID(needs.index.advance(logged.event.sequence));
  }
  TRY_VOID(needs.index.advance(page.looked_at));
  return true;
}

void run_indexing(const IndexingNeeds& needs, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto done = index_some(needs);
    if (!done) {
      needs.journal.write(LogLevel::error, "search_index_behind", {{"error", done.error().text()}});
      needs.clock.wait_until(needs.clock.since_boot() + kAfterTrouble, stop);
    } else if (!*done) {
      needs.catalogue.wait_for_work(needs.clock.since_boot() + kNap, stop);
    }
  }
}

}  // namespace strongroom::events

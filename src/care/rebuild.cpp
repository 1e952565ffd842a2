#include "care/rebuild.hpp"

#include <chrono>

#include "care/held_version.hpp"
#include "domain/steps.hpp"

namespace strongroom::care {
namespace {

constexpr std::size_t kListPage = 1000;
/// Who asked for what lies in a location without a description: nobody knows any more.
constexpr const char* kUnknownClient = "unknown";

/// `prefix` ends in a slash: the smallest key behind everything that begins with it.
std::string behind(std::string prefix) {
  prefix.back() = '/' + 1;
  return prefix;
}

ContentOpener text_of(const std::string& text) {
  return [&text]() -> Result<std::unique_ptr<ByteSource>> {
    return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(text));
  };
}

class Rebuilder {
 public:
  Rebuilder(const RebuildNeeds& needs, RebuildWatcher& watcher) : needs_(needs), watcher_(watcher) {}

  Result<Rebuilt> run() {
    const auto now = needs_.clock.now();
    // Above anything that was ever issued: events before were counted from 1, not a thousand a second since 1970.
    const auto sequence = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    TRY_VOID(needs_.catalogue.begin_restoration(needs_.facts.uuid, sequence));
    TRY_VOID(restore_described());
    TRY_VOID(look_for_others());
    TRY_VOID(needs_.catalogue.end_restoration(Deed{
        "operator", std::string(audit_action::kCatalogueRebuilt), "location " + needs_.facts.uuid, "done", {}, now}));
    return rebuilt_;
  }

 private:
  /// In byte order of key: v10 comes before v2, which changes nothing, since no version looks at another.
  Result<void> restore_described() {
    const std::string prefix = layout::descriptions_prefix();
    std::string after;
    for (;;) {
      TRY(const std::vector<ObjectInfo> page, needs_.location.list(prefix, after, kListPage));
      if (page.empty()) return {};
      for (const ObjectInfo& object : page) {
        const auto version = layout::parse_description_key(object.key);
        if (version) {
          TRY_VOID(restore(*version));
        } else {
          watcher_.odd_key(object.key);
        }
      }
      after = page.back().key;
    }
  }

  Result<void> restore(const layout::VersionKey& version) {
    Faults faults;
    TRY(const auto description, examine_version(needs_.location, version, needs_.spills, faults));
    if (!description || faults.count() > 0) return leave_over(version, faults.first(), faults.count());
    TRY_VOID(keep(version, *description));
    const RestoredVersion again = restored(version, *description);
    if (needs_.versions != nullptr) TRY_VOID(needs_.versions->put(version.bag, version_entry(again.row)));
    TRY_VOID(needs_.catalogue.restore(again));
    rebuilt_.versions += 1;
    rebuilt_.files += description->tail.file_count;
    rebuilt_.bytes += description->tail.byte_count;
    rebuilt_.context_url = description->head.context_url;
    watcher_.restored(version, description->tail.file_count);
    return {};
  }

  /// The copies that the API answers from.
  Result<void> keep(const layout::VersionKey& version, const ReadDescription& description) {
    const std::string sha256 = description.spec.sha256.hex();
    const std::string key = layout::description_key(version.bag, version.version);
    TRY_VOID(needs_.records.put(layout::kept_description_key(sha256), description.spec,
                                [&] { return needs_.location.get(key, {}); }));
    const ObjectSpec index{description.index.size(), digest_of(Algorithm::sha256, description.index)};
    return needs_.records.put(layout::kept_index_key(sha256), index, text_of(description.index));
  }

  RestoredVersion restored(const layout::VersionKey& version, const ReadDescription& description) {
    const DescriptionHead& head = description.head;
    const DescriptionTail& tail = description.tail;
    std::vector<std::string> uuids;
    for (const DescribedLocation& location : tail.locations) uuids.push_back(location.uuid);
    Ingest ingest = new_ingest(
        head.ingest,
        IngestRequest{head.ingest_type, version.bag, tail.source, std::nullopt, std::nullopt, tail.requested_by},
        head.ingest_created, new_request());
    ingest.status = Status::succeeded;
    ingest.version = version.version;
    ingest.location_uuids = uuids;
    if (!tail.events.empty()) ingest.last_modified = tail.events.back().created;
    const Registration registration{head.created,          head.ingest_created, description.spec.sha256.hex(),
                                    description.spec.size, tail.file_count,     tail.byte_count,
                                    description.index,     std::move(uuids)};
    VersionRow row{version.version, VersionState::registered, head.ingest, true, registration};
    return RestoredVersion{std::move(ingest), tail.events, std::move(row)};
  }

  /// Version directories without a description: one listing a version, whatever it holds.
  Result<void> look_for_others() {
    std::string after;
    for (;;) {
      TRY(const std::vector<ObjectInfo> next, needs_.location.list({}, after, 1));
      if (next.empty()) return {};
      const std::string& key = next.front().key;
      const auto version = layout::parse_file_key(key);
      if (!version) {
        const auto slash = key.find('/');
        const bool own = slash != std::string::npos && key.substr(0, slash) == "_strongroom";
        after = own ? behind(key.substr(0, slash + 1)) : key;
        continue;
      }
      TRY(const auto described, needs_.location.stat(layout::description_key(version->bag, version->version)));
      if (!described) TRY_VOID(leave_over(*version, {"there is no description"}, 1));
      after = behind(layout::version_prefix(version->bag, version->version));
    }
  }

  /// The number is taken for ever (CORRECTNESS 1.3), under an ingest that stands for the forgotten one.
  Result<void> leave_over(const layout::VersionKey& version, const std::vector<std::string>& faults,
                          std::uint64_t count) {
    const auto now = needs_.clock.now();
    const auto id = stand_in(version);
    Ingest ingest = new_ingest(id,
                               IngestRequest{IngestType::create, version.bag,
                                             SourceLocation{needs_.facts.provider, needs_.facts.bucket, "unknown"},
                                             std::nullopt, std::nullopt, *ClientId::parse(kUnknownClient)},
                               Instant(Duration(version.version.number())), new_request());
    ingest.status = Status::failed;
    ingest.version = version.version;
    ingest.location_uuids = {needs_.facts.uuid};
    ingest.last_modified = now;
    const IngestEvent event{now, event_text("Rebuild failed - not registered: " + faults.front())};
    TRY_VOID(needs_.catalogue.restore(
        {std::move(ingest), {event}, VersionRow{version.version, VersionState::left_over, id, true, std::nullopt}}));
    rebuilt_.unregistered += 1;
    watcher_.unregistered({version, faults, count});
    return {};
  }

  /// The same each time: a rebuild that is begun again finds it done.
  static IngestId stand_in(const layout::VersionKey& version) {
    const std::string hex = digest_of(Algorithm::sha256, version.bag.str() + " " + version.version.str()).hex();
    const std::string uuid = hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-4" + hex.substr(13, 3) + "-8" +
                             hex.substr(17, 3) + "-" + hex.substr(20, 12);
    return *IngestId::parse(uuid);
  }

  RequestId new_request() { return *RequestId::parse(random_uuid(needs_.entropy)); }

  const RebuildNeeds& needs_;
  RebuildWatcher& watcher_;
  Rebuilt rebuilt_;
};

}  // namespace

Result<Rebuilt> rebuild(const RebuildNeeds& needs, RebuildWatcher& watcher) { return Rebuilder(needs, watcher).run(); }

}  // namespace strongroom::care

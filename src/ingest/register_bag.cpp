#include "ingest/register_bag.hpp"

#include "base/limits.hpp"
#include "domain/sparse_index.hpp"
#include "ingest/batches.hpp"

namespace strongroom::ingest {
namespace {

bool is_payload(const InventoryEntry& entry) { return entry.name.starts_with("data/"); }

/// Passes bytes on to a spill and keeps their digest and number.
class MeasuringSink final : public ByteSink {
 public:
  explicit MeasuringSink(ByteSink& inner) : inner_(inner), hasher_(Algorithm::sha256) {}
  Result<void> write(ByteView bytes) override {
    hasher_.update(bytes);
    size_ += bytes.size();
    return inner_.write(bytes);
  }
  ObjectSpec finish() { return {size_, hasher_.finish()}; }

 private:
  ByteSink& inner_;
  Hasher hasher_;
  std::uint64_t size_ = 0;
};

/// The description's lines, from the verified inventory: payload files, then tag files.
class Describer {
 public:
  Describer(const DescribeNeeds& needs, const DescribeTask& task, ByteSink& sink)
      : needs_(needs), task_(task), writer_(sink) {}

  Result<void> write() {
    TRY(const BagInfo info, read_bag_info());
    TRY_VOID(writer_.begin(DescriptionHead{task_.context_url, task_.ingest.request.bag, task_.version, task_.created,
                                           task_.ingest.id, task_.ingest.request.type, task_.ingest.created, info,
                                           task_.verified.bagit_version, task_.verified.payload_algorithms,
                                           task_.verified.tag_algorithms}));
    index_.begin("files");
    TRY_VOID(list(true));
    TRY_VOID(writer_.begin_tag_files());
    index_.begin("tagFiles");
    TRY_VOID(list(false));
    return writer_.finish(tail());
  }

  std::string index() { return index_.finish(); }

 private:
  Result<BagInfo> read_bag_info() {
    TRY(auto source, needs_.area.open_blob(blobs::kBagInfo));
    TRY(const std::string json, read_all(*source, 8 * limits::kBagInfoMax));
    if (digest_of(Algorithm::sha256, json).hex() != task_.verified.bag_info_sha256) {
      return broken("bag-info in working storage is not the one that was verified", {}, Reason::corrupt);
    }
    return decode_bag_info(json);
  }

  Result<void> list(bool payload) {
    return visit_merged(needs_.area, task_.verified, [&](const InventoryEntry& entry) -> Result<void> {
      if (is_payload(entry) != payload) return {};
      index_.see(entry.name, writer_.offset());
      const std::string path = entry.path.empty() ? task_.version.str() + "/" + entry.name : entry.path;
      return writer_.add(DescribedFile{entry.name, path, entry.size, entry.digests});
    });
  }

  [[nodiscard]] DescriptionTail tail() const {
    const InventoryRef& own = task_.verified.inventory;
    const InventoryRef& fetched = task_.verified.fetched;
    return DescriptionTail{
        task_.locations, own.entries + fetched.entries, own.bytes + fetched.bytes, own.entries,
        own.bytes,       task_.ingest.request.source,   task_.source_size,         task_.ingest.request.client,
        task_.events};
  }

  const DescribeNeeds& needs_;
  const DescribeTask& task_;
  DescriptionWriter writer_;
  SparseIndexWriter index_;
};

Result<void> keep_text(ObjectStore& records, const std::string& key, const std::string& text) {
  return records.put(key, ObjectSpec{text.size(), digest_of(Algorithm::sha256, text)},
                     [&]() -> Result<std::unique_ptr<ByteSource>> {
                       return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(text));
                     });
}

/// What a place holds under a key.
enum class Held : std::uint8_t { nothing, same, other };

Result<Held> look(ObjectStore& store, const std::string& key, const Described& described) {
  TRY(const auto info, store.stat(key));
  if (!info) return Held::nothing;
  if (info->size != described.size) return Held::other;
  TRY(auto source, store.get(key, {}));
  TRY(const Measured measured, measure(*source, Algorithm::sha256));
  return measured.digest.hex() == described.sha256 ? Held::same : Held::other;
}

/// The bytes: from the records store, or from a place that holds them (CORRECTNESS 1.2).
ContentOpener description_bytes(ObjectStore& records, const std::vector<Place>& places, const std::string& key,
                                const Described& described) {
  return [&records, &places, key, described]() -> Result<std::unique_ptr<ByteSource>> {
    const std::string kept = layout::kept_description_key(described.sha256);
    TRY(const Held spooled, look(records, kept, described));
    if (spooled == Held::same) return records.get(kept, {});
    for (const Place& place : places) {
      TRY(const Held held, look(place.store, key, described));
      if (held == Held::same) return place.store.get(key, {});
    }
    return broken("the description is neither in the records store nor in a location", key, Reason::corrupt);
  };
}

}  // namespace

Result<Described> describe(const DescribeNeeds& needs, const DescribeTask& task) {
  TRY(auto spill, needs.area.create());
  MeasuringSink sink(*spill);
  Describer describer(needs, task, sink);
  TRY_VOID(describer.write());
  const ObjectSpec spec = sink.finish();
  const std::string sha256 = spec.sha256.hex();
  TRY_VOID(needs.records.put(layout::kept_description_key(sha256), spec, [&] { return spill->open(); }));
  const std::string index = describer.index();
  TRY_VOID(keep_text(needs.records, layout::kept_index_key(sha256), index));
  const InventoryRef& own = task.verified.inventory;
  const InventoryRef& fetched = task.verified.fetched;
  return Described{sha256,
                   spec.size,
                   task.created,
                   digest_of(Algorithm::sha256, index).hex(),
                   own.entries + fetched.entries,
                   own.bytes + fetched.bytes};
}

Result<void> publish(ObjectStore& records, const std::vector<Place>& places, const BagId& bag, Version version,
                     const Described& described) {
  const std::string key = layout::description_key(bag, version);
  const auto digest = Digest::from_hex(Algorithm::sha256, described.sha256);
  if (!digest) return broken("the waypoint holds no digest", described.sha256, Reason::corrupt);
  std::vector<const Place*> lacking;
  const Place* differing = nullptr;
  bool some_written = false;
  for (const Place& place : places) {
    TRY(const Held held, look(place.store, key, described));
    if (held == Held::nothing) lacking.push_back(&place);
    if (held == Held::other && differing == nullptr) differing = &place;
    some_written = some_written || held == Held::same;
  }
  if (differing != nullptr) {
    const std::string text = "a different description of " + bag.str() + " " + version.str() +
                             " is already stored at " + differing->facts.label;
    // With one of ours written somewhere the run can no longer fail: the operator has to look.
    return some_written ? broken(text, key, Reason::content_differs) : rejected(text, key, Reason::content_differs);
  }
  const ContentOpener open = description_bytes(records, places, key, described);
  for (const Place* place : lacking) {
    auto put = place->store.put(key, ObjectSpec{described.size, *digest}, open);
    // It was absent a moment ago, and others may have been written since: nothing to refuse any more.
    if (!put && put.error().act == Act::rejected) return broken(put.error().what, key, put.error().reason);
    TRY_VOID(std::move(put));
    TRY(const Held held, look(place->store, key, described));
    if (held != Held::same) {
      return broken("the description reads back differently at " + place->facts.label, key, Reason::corrupt);
    }
  }
  return {};
}

}  // namespace strongroom::ingest

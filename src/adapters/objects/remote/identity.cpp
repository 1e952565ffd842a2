#include "adapters/objects/remote/identity.hpp"

#include "domain/layout.hpp"

namespace strongroom::remote {
namespace {

constexpr std::size_t kMarkerMax = 64 << 10;
constexpr const char* kProbeKey = "_strongroom/probe";
constexpr const char* kProbeText = "Strongroom checks with this object that nothing here can be overwritten.\n";

Result<void> put_text(ObjectStore& store, const std::string& key, const std::string& text) {
  const auto open = [&text]() -> Result<std::unique_ptr<ByteSource>> {
    return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(text));
  };
  return store.put(key, {text.size(), digest_of(Algorithm::sha256, text)}, open);
}

Result<std::string> read_text(ObjectStore& store, const std::string& key) {
  TRY(const std::unique_ptr<ByteSource> stored, store.get(key, {}));
  return read_all(*stored, kMarkerMax);
}

Error unfit(std::string what) { return broken(std::move(what), kProbeKey, Reason::unsupported); }

}  // namespace

Result<std::string> init_location(ObjectStore& store, const std::string& label, Entropy& entropy) {
  const std::string key = layout::location_marker_key();
  TRY(const std::optional<ObjectInfo> there, store.stat(key));
  std::string uuid = random_uuid(entropy);
  const Result<void> put = there ? Result<void>(Error{Act::rejected, Reason::content_differs, "", ""})
                                 : put_text(store, key, marker_text({uuid, label}));
  if (put) return uuid;
  if (put.error().reason != Reason::content_differs) return put.error();
  return rejected("this is a location already", key, Reason::already_exists);
}

Result<LocationMarker> read_marker(ObjectStore& store) {
  const std::string key = layout::location_marker_key();
  const Result<std::string> text = read_text(store, key);
  if (text) return parse_marker(*text);
  if (text.error().reason != Reason::not_found) return text.error();
  return temporary("this is not a location: it has no marker", key, Reason::not_found);
}

Result<void> require_marker(ObjectStore& store, const std::string& uuid) {
  TRY(const LocationMarker marker, read_marker(store));
  if (marker.uuid == uuid) return {};
  return temporary("another location lies where this one should be", layout::location_marker_key(), Reason::conflict);
}

Result<void> probe_create_only(ObjectStore& store) {
  const Result<void> first = put_text(store, kProbeKey, kProbeText);
  if (!first && first.error().reason == Reason::content_differs) {
    return unfit("the object that proves create-only writes has changed");
  }
  TRY_VOID(first);
  const Result<void> second = put_text(store, kProbeKey, "overwritten\n");
  if (!second && second.error().reason != Reason::content_differs) return second.error();
  TRY(const std::string stored, read_text(store, kProbeKey));
  if (second || stored != kProbeText) {
    return unfit("this store lets a stored object be overwritten: set createOnly = \"look\" for it");
  }
  return {};
}

}  // namespace strongroom::remote

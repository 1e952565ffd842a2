#include "adapters/areas/memory/area.hpp"

#include <algorithm>

#include "base/digest.hpp"

namespace strongroom::memory {
namespace {

Error taken(const std::string& key) {
  return rejected("something else has this name already", key, Reason::already_exists);
}

AreaTags sorted(AreaTags tags) {
  std::sort(tags.begin(), tags.end());
  return tags;
}

/// What a copy remembers of its source.
std::string name_of(const AreaObject& object) {
  return object.key + "\n" + object.version_id.value_or("") + "\n" + object.etag;
}

/// Where versions are kept, only they count. The same bytes put again are the same, but for a removal.
bool has_same_bytes(const AreaObject& a, const AreaObject& b) {
  if (a.version_id && b.version_id) return a.version_id == b.version_id;
  return a.etag == b.etag && a.size == b.size;
}

bool is_same(const AreaObject& a, const AreaObject& b) {
  return has_same_bytes(a, b) && (a.version_id || a.modified == b.modified);
}

}  // namespace

class MemoryAreaFile final : public RandomAccess {
 public:
  MemoryAreaFile(MemoryArea& area, AreaObject object) : area_(area), object_(std::move(object)) {}
  [[nodiscard]] std::uint64_t size() const override { return object_.size; }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override {
    if (offset >= object_.size || into.empty()) return std::size_t{0};
    TRY_VOID(area_.step("read", object_.key));
    const std::scoped_lock lock(area_.mutex_);
    TRY(const MemoryArea::Stored* const stored, area_.bound(object_, has_same_bytes));
    const ByteView piece = as_bytes(std::string_view(stored->bytes).substr(offset, into.size()));
    std::copy(piece.begin(), piece.end(), into.begin());
    return piece.size();
  }

 private:
  MemoryArea& area_;
  const AreaObject object_;
};

void MemoryArea::set_hook(Hook hook) {
  const std::scoped_lock lock(mutex_);
  hook_ = std::move(hook);
}

Result<void> MemoryArea::step(std::string_view name, const std::string& key) const {
  Hook hook;
  {
    const std::scoped_lock lock(mutex_);
    hook = hook_;
  }
  return hook ? hook(name, key) : ok();
}

MemoryArea::Stored* MemoryArea::current(const std::string& key) {
  const auto found = objects_.find(key);
  if (found == objects_.end() || found->second.empty() || !found->second.back()) return nullptr;
  return &*found->second.back();
}

MemoryArea::Stored* MemoryArea::version(const std::string& key, const std::string& id) {
  const auto found = objects_.find(key);
  if (found == objects_.end()) return nullptr;
  for (std::optional<Stored>& one : found->second) {
    if (one && one->object.version_id == id) return &*one;
  }
  return nullptr;
}

/// The object itself; Reason::conflict or Reason::not_found.
Result<MemoryArea::Stored*> MemoryArea::bound(const AreaObject& object,
                                              bool (*is_it)(const AreaObject&, const AreaObject&)) {
  Stored* const found = object.version_id ? version(object.key, *object.version_id) : current(object.key);
  if (found == nullptr) return object_gone(object.key);
  if (!is_it(object, found->object)) return object_replaced(object.key);
  return found;
}

AreaObject MemoryArea::add(const std::string& key, Stored stored) {
  ++made_;
  stored.object.key = key;
  stored.object.etag = digest_of(Algorithm::md5, stored.bytes).hex();
  stored.object.size = stored.bytes.size();
  stored.object.modified = clock_.now();
  if (kind_.versions) stored.object.version_id = "version-" + std::to_string(made_);
  if (!kind_.tags) stored.tags.clear();
  Versions& versions = objects_[key];
  if (!kind_.versions) versions.clear();
  versions.emplace_back(std::move(stored));
  return versions.back()->object;
}

void MemoryArea::drop_current(const std::string& key) {
  if (current(key) == nullptr) return;
  if (kind_.versions) {
    objects_[key].emplace_back();
  } else {
    objects_.erase(key);
  }
}

AreaObject MemoryArea::place(const std::string& key, std::string bytes) {
  const std::scoped_lock lock(mutex_);
  return add(key, {{}, std::move(bytes), {}, {}});
}

void MemoryArea::remove(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  drop_current(key);
}

std::optional<std::string> MemoryArea::content(const std::string& key) const {
  const std::scoped_lock lock(mutex_);
  const Stored* const found = const_cast<MemoryArea*>(this)->current(key);
  return found != nullptr ? std::optional(found->bytes) : std::nullopt;
}

AreaTags MemoryArea::tags_at(const std::string& key) const {
  const std::scoped_lock lock(mutex_);
  const Stored* const found = const_cast<MemoryArea*>(this)->current(key);
  return found != nullptr ? found->tags : AreaTags();
}

std::vector<std::string> MemoryArea::keys() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> keys;
  for (const auto& [key, versions] : objects_) {
    if (!versions.empty() && versions.back()) keys.push_back(key);
  }
  return keys;
}

Result<std::vector<AreaObject>> MemoryArea::list(const std::string& after, std::size_t limit) {
  TRY_VOID(step("list", after));
  const std::scoped_lock lock(mutex_);
  std::vector<AreaObject> page;
  for (auto it = objects_.upper_bound(after); it != objects_.end() && page.size() < limit; ++it) {
    if (it->second.empty() || !it->second.back()) continue;
    page.push_back(it->second.back()->object);
    // A bucket's list tells no versions.
    page.back().version_id.reset();
  }
  return page;
}

Result<std::optional<AreaObject>> MemoryArea::stat(const std::string& key,
                                                   const std::optional<std::string>& version_id) {
  TRY_VOID(step("stat", key));
  const std::scoped_lock lock(mutex_);
  const Stored* const found = version_id ? version(key, *version_id) : current(key);
  return found != nullptr ? std::optional(found->object) : std::optional<AreaObject>();
}

Result<std::unique_ptr<RandomAccess>> MemoryArea::open(const AreaObject& object) {
  TRY_VOID(step("open", object.key));
  return std::unique_ptr<RandomAccess>(std::make_unique<MemoryAreaFile>(*this, object));
}

Result<AreaObject> MemoryArea::put_log(const std::string& key, const std::string& text, const AreaTags& tags) {
  TRY_VOID(step("put_log", key));
  const std::scoped_lock lock(mutex_);
  return add(key, {{}, text, tags, {}});
}

Result<AreaObject> MemoryArea::put_package(const std::string& key, const std::string& bytes) {
  TRY_VOID(step("put_package", key));
  return place(key, bytes);
}

Result<AreaTags> MemoryArea::tags(const AreaObject& object) {
  TRY_VOID(step("tags", object.key));
  const std::scoped_lock lock(mutex_);
  if (!kind_.tags) return AreaTags();
  TRY(const Stored* const found, bound(object, has_same_bytes));
  return found->tags;
}

Result<AreaObject> MemoryArea::set_tags(const AreaObject& object, const AreaTags& tags) {
  TRY_VOID(step("set_tags", object.key));
  if (!kind_.tags) return broken("this area keeps no tags", object.key, Reason::unsupported);
  const auto look = [&]() -> Result<AreaObject> {
    const std::scoped_lock lock(mutex_);
    const Result<Stored*> still = bound(object, has_same_bytes);
    if (still) return (*still)->object;
    Stored* const newer = current(object.key);
    if (still.error().reason == Reason::conflict && newer != nullptr && sorted(newer->tags) == sorted(tags)) {
      newer->tags.clear();
    }
    return still.error();
  };
  TRY_VOID(look());
  TRY_VOID(step("set_tags.put", object.key));
  {
    const std::scoped_lock lock(mutex_);
    Stored* const found = object.version_id ? version(object.key, *object.version_id) : current(object.key);
    if (found == nullptr) return object_gone(object.key);
    found->tags = tags;
    if (kind_.dates_tagging) found->object.modified = clock_.now();
  }
  TRY_VOID(step("set_tags.look", object.key));
  return look();
}

Result<AreaObject> MemoryArea::copy(const AreaObject& object, const std::string& key,
                                    const std::optional<AreaObject>& over) {
  TRY_VOID(step("copy", key));
  {
    const std::scoped_lock lock(mutex_);
    TRY_VOID(bound(object, has_same_bytes));
  }
  TRY_VOID(step("copy.put", key));
  const std::scoped_lock lock(mutex_);
  TRY(const Stored* const source, bound(object, has_same_bytes));
  const Stored* const there = current(key);
  if (there != nullptr && there->copy_of == name_of(source->object)) return there->object;
  if (there != nullptr && (!over || !has_same_bytes(*over, there->object))) return taken(key);
  return add(key, {{}, source->bytes, {}, name_of(source->object)});
}

Result<void> MemoryArea::erase(const AreaObject& object, bool marker) {
  TRY_VOID(step("erase", object.key));
  const auto look = [&]() -> Result<Stored*> {
    Result<Stored*> found = bound(object, is_same);
    // A marker can only lie on top.
    if (found && marker && current(object.key) != *found) {
      if (current(object.key) != nullptr) return object_replaced(object.key);
      return object_gone(object.key);
    }
    return found;
  };
  for (const bool again : {false, true}) {
    if (again) TRY_VOID(step("erase.delete", object.key));
    const std::scoped_lock lock(mutex_);
    const Result<Stored*> found = look();
    if (!found) return found.error().reason == Reason::not_found ? ok() : found.error();
    if (!again) continue;
    if (marker || !kind_.versions) {
      drop_current(object.key);
      return {};
    }
    std::erase_if(objects_[object.key], [&](const std::optional<Stored>& one) { return one && &*one == *found; });
  }
  return {};
}

}  // namespace strongroom::memory

// ports/transfer_area.hpp in memory, for tests and the simulation: a bucket with or without versions and tags.
//
// It works in the same steps as the adapter of S3 does, and before each of them asks a hook, which may let the call
// fail or change what lies in the area. The same calls give the same objects. All calls may come from any thread; the
// hook is called without a lock held. What open() gives must not outlive the area.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "ports/clock.hpp"
#include "ports/transfer_area.hpp"

namespace strongroom::memory {

struct AreaKind {
  bool versions = false;
  bool tags = true;
  bool dates_tagging = false;  ///< an object has another time once its tags were set
};

class MemoryArea final : public TransferArea {
 public:
  /// Called with the name of a step and the key it is about; an Error is what the call returns, without its effect.
  /// Steps: `list`, `stat`, `open`, `read`, `put_log`, `put_package`, `tags`, `set_tags`, `copy`, `erase`; and within
  /// calls `set_tags.put` (the object has been looked at), `set_tags.look` (the tags are put), `copy.put`,
  /// `erase.delete`.
  using Hook = std::function<Result<void>(std::string_view step, const std::string& key)>;

  /// `clock` outlives the area.
  explicit MemoryArea(Clock& clock, AreaKind kind = {}) : clock_(clock), kind_(kind) {}

  /// Nothing stops asking it.
  void set_hook(Hook hook);

  /// As an archivist does: in place of what is there.
  AreaObject place(const std::string& key, std::string bytes);
  /// As an archivist does; with versions, a delete marker.
  void remove(const std::string& key);
  /// The bytes of the current object; nothing when there is none.
  [[nodiscard]] std::optional<std::string> content(const std::string& key) const;
  /// Of the current object.
  [[nodiscard]] AreaTags tags_at(const std::string& key) const;
  /// Of all current objects, in order.
  [[nodiscard]] std::vector<std::string> keys() const;

  Result<std::vector<AreaObject>> list(const std::string& after, std::size_t limit) override;
  Result<std::optional<AreaObject>> stat(const std::string& key,
                                         const std::optional<std::string>& version_id = std::nullopt) override;
  Result<std::unique_ptr<RandomAccess>> open(const AreaObject& object) override;
  Result<AreaObject> put_log(const std::string& key, const std::string& text, const AreaTags& tags) override;
  Result<AreaObject> put_package(const std::string& key, const std::string& bytes) override;
  [[nodiscard]] bool keeps_tags() const override { return kind_.tags; }
  Result<AreaTags> tags(const AreaObject& object) override;
  Result<AreaObject> set_tags(const AreaObject& object, const AreaTags& tags) override;
  Result<AreaObject> copy(const AreaObject& object, const std::string& key,
                          const std::optional<AreaObject>& over) override;
  Result<void> erase(const AreaObject& object, bool marker) override;
  Result<bool> keeps_versions() override { return kind_.versions; }

 private:
  friend class MemoryAreaFile;
  struct Stored {
    AreaObject object;
    std::string bytes;
    AreaTags tags;
    std::string copy_of;  ///< the object it is a copy of
  };
  /// All versions, the current one last; nothing for a delete marker.
  using Versions = std::vector<std::optional<Stored>>;

  Result<void> step(std::string_view name, const std::string& key) const;
  // With the mutex held:
  Stored* current(const std::string& key);
  Stored* version(const std::string& key, const std::string& id);
  Result<Stored*> bound(const AreaObject& object, bool (*is_it)(const AreaObject&, const AreaObject&));
  AreaObject add(const std::string& key, Stored stored);
  void drop_current(const std::string& key);

  Clock& clock_;
  const AreaKind kind_;
  mutable std::mutex mutex_;
  Hook hook_;
  std::map<std::string, Versions> objects_;
  std::uint64_t made_ = 0;
};

}  // namespace strongroom::memory

// A transfer area: one place where archivists put packages, a bucket or a directory (transfers.md 3, 4).
//
// Never a location: whoever holds an area cannot reach one. What is read, tagged, copied or erased is bound to the
// object as it was seen; another one under the same key is never touched in its place: Reason::conflict (rejected) when
// it has been replaced, Reason::not_found (rejected) when it is gone. Trouble that time mends is temporary;
// credentials, a missing bucket or a missing permission are broken. All calls may come from any thread; they block.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random_access.hpp"
#include "base/result.hpp"
#include "domain/transfer.hpp"

namespace strongroom {

using AreaTags = std::vector<std::pair<std::string, std::string>>;

/// What an area says of an object that is not there.
[[nodiscard]] inline Error object_gone(const std::string& key) {
  return rejected("the file is not there any more", key, Reason::not_found);
}
/// What an area says when another object has the key of the one that is meant.
[[nodiscard]] inline Error object_replaced(const std::string& key) {
  return rejected("another file is in its place", key, Reason::conflict);
}

class TransferArea {
 public:
  virtual ~TransferArea() = default;

  /// Up to `limit` current objects behind `after`, by key in byte order. No version ids where listing does not tell.
  virtual Result<std::vector<AreaObject>> list(const std::string& after, std::size_t limit) = 0;
  /// The current object, or that version of it; nothing when there is none.
  virtual Result<std::optional<AreaObject>> stat(const std::string& key,
                                                 const std::optional<std::string>& version_id = std::nullopt) = 0;
  /// Ranged reads of exactly that object; each read_at() is one request.
  virtual Result<std::unique_ptr<RandomAccess>> open(const AreaObject& object) = 0;

  /// Writes a log, in place of what has the key; with tags where the store keeps any. What was written.
  virtual Result<AreaObject> put_log(const std::string& key, const std::string& text, const AreaTags& tags) = 0;
  /// Writes a small package, such as one for a test, in place of what has the key, and whole or not at all: nobody
  /// meets a part of it. What was written.
  virtual Result<AreaObject> put_package(const std::string& key, const std::string& bytes) = 0;
  /// False: the store keeps no tags, and the catalogue alone knows them.
  [[nodiscard]] virtual bool keeps_tags() const = 0;
  /// None where the store keeps none.
  virtual Result<AreaTags> tags(const AreaObject& object) = 0;
  /// Replaces all tags. Where versions are not kept and the object was replaced meanwhile, exactly these tags are taken
  /// off the newer one again, and the answer is Reason::conflict. Reason::unsupported (broken) where the store keeps
  /// none. The object as the store tells of it from now on, which is what has to be remembered: some give it a new
  /// time.
  virtual Result<AreaObject> set_tags(const AreaObject& object, const AreaTags& tags) = 0;
  /// A copy within the store, of exactly that object, to a key that has nothing, or exactly `over`;
  /// Reason::already_exists (rejected) when something else stands there. Success, too, when the copy is there already,
  /// so that a call whose answer was lost can be made again.
  virtual Result<AreaObject> copy(const AreaObject& object, const std::string& key,
                                  const std::optional<AreaObject>& over) = 0;
  /// Removes exactly that object, its time included; success, too, when it is gone already. `marker`: leaves a delete
  /// marker where versions are kept.
  virtual Result<void> erase(const AreaObject& object, bool marker) = 0;

  /// Whether the store keeps the versions of an object that is replaced or removed.
  virtual Result<bool> keeps_versions() { return false; }
  /// Whether erase() can miss nothing that comes at the last moment: writes a small object at a key that nobody else
  /// uses, tries to remove it under a condition that does not hold, and cleans up. False: the store removes it all the
  /// same, and erase() relies on having looked just before.
  virtual Result<bool> keeps_conditions(const std::string& /*probe_key*/) { return true; }
};

}  // namespace strongroom

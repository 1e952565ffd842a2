// ports/transfer_area.hpp on a directory (transfers.md 3.4, 5.1, 10.6, 12.6).
//
// It keeps neither versions nor tags. The directory is opened anew for every call, and nothing below it is reached
// through a symbolic link. A file that archivists put in place of another one while that is copied or erased is never
// lost, whatever this program is doing. All calls may come from any thread, and from several hosts on one file system.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "adapters/objects/filesystem/posix.hpp"
#include "ports/log.hpp"
#include "ports/transfer_area.hpp"

namespace strongroom::areas {

/// Makes an area's directory and the folders in it, as far as they are missing.
Result<void> make_directory_area(const std::string& root, const std::vector<std::string>& folders);

class DirectoryArea final : public TransferArea {
 public:
  /// `log` outlives the area; it is told of files that cannot be handled, once of each.
  DirectoryArea(std::string root, Log& log) : root_(std::move(root)), log_(log) {}

  Result<std::vector<AreaObject>> list(const std::string& after, std::size_t limit) override;
  /// Nothing for any version id: there are none.
  Result<std::optional<AreaObject>> stat(const std::string& key,
                                         const std::optional<std::string>& version_id = std::nullopt) override;
  Result<std::unique_ptr<RandomAccess>> open(const AreaObject& object) override;
  Result<AreaObject> put_log(const std::string& key, const std::string& text, const AreaTags& tags) override;
  Result<AreaObject> put_package(const std::string& key, const std::string& bytes) override;
  [[nodiscard]] bool keeps_tags() const override { return false; }
  Result<AreaTags> tags(const AreaObject& object) override;
  Result<AreaObject> set_tags(const AreaObject& object, const AreaTags& tags) override;
  Result<AreaObject> copy(const AreaObject& object, const std::string& key,
                          const std::optional<AreaObject>& over) override;
  Result<void> erase(const AreaObject& object, bool marker) override;

 private:
  struct Place;
  void leave_out(std::string_view why, const std::string& key);
  /// Whole under a private name first, then in place of what is there.
  Result<AreaObject> put(const std::string& key, const std::string& bytes);
  /// What stands at the key is the copy already: the answer of a call that was made before.
  Result<bool> is_copy(int root, int file, const AreaObject& object, const AreaObject& there);
  Result<void> give_copy(const Place& place, int file, const AreaObject& object, const std::string& key);
  Result<void> take_away(const Place& place, const AreaObject& object);
  Result<void> settle_taken(const Place& place, const std::string& aside, const AreaObject& object);

  const std::string root_;
  Log& log_;
  std::mutex mutex_;
  std::set<std::string> left_out_;  ///< what the log has been told of
};

}  // namespace strongroom::areas

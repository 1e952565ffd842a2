#include "adapters/objects/filesystem/scratch.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <vector>

#include "adapters/objects/filesystem/tree.hpp"

namespace strongroom::filesystem {
namespace {

/// The name of each directory is the id of a process on this machine; whether it lives is asked as of this boot, since
/// after another boot none of them does.
Result<void> remove_of_the_dead(int root, const OwnerId& owner, Owners& owners) {
  TRY(const std::vector<std::string> names, names_in(root, Owner::working));
  for (const std::string& name : names) {
    if (!owners.proven_dead(OwnerId{owner.boot, name})) continue;
    if (const int code = remove_tree(root, name)) {
      return system_error(Owner::working, code, "cannot remove the scratch of a process that is gone", name);
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Scratch>> Scratch::open(const std::string& root, const OwnerId& owner, Owners& owners) {
  if (::mkdir(root.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_error(Owner::working, errno, "cannot make the scratch directory", root);
  }
  Fd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return system_error(Owner::working, errno, "cannot open the scratch directory", root);
  TRY_VOID(remove_of_the_dead(fd.get(), owner, owners));
  TRY(auto storage, FilesystemWorkingStorage::open_root(root + "/" + owner.id, owner.boot));
  return std::unique_ptr<Scratch>(new Scratch(std::move(fd), owner.id, std::move(storage)));
}

Scratch::~Scratch() {
  storage_.reset();
  // What cannot be removed now is removed by the next process.
  (void)remove_tree(root_.get(), name_);
}

}  // namespace strongroom::filesystem

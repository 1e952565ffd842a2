#include "adapters/objects/filesystem/deposit.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "adapters/objects/filesystem/file_io.hpp"
#include "domain/layout.hpp"

namespace strongroom::filesystem {
namespace {

constexpr std::size_t kPage = AlignedBuffer::kAlignment;

Error spoiled(const std::string& staging) {
  return temporary("the barrier of this deposit failed: it must be abandoned and written again", staging);
}

}  // namespace

FilesystemDeposit::FilesystemDeposit(FilesystemLocation& location, Fd root, std::shared_ptr<const Fd> first_root,
                                     const DepositTicket& ticket, bool already_stored)
    : location_(location),
      root_(std::move(root)),
      first_root_(std::move(first_root)),
      already_stored_(already_stored),
      final_(layout::version_prefix(ticket.bag, ticket.version)),
      staging_(layout::staging_directory(ticket.ingest, ticket.fence)),
      tree_(staging_ + staged::kTree) {
  final_.pop_back();
}

const std::string& FilesystemDeposit::place() const { return already_stored_ || committed_ ? final_ : tree_; }

Result<DirectoryCache*> FilesystemDeposit::staged_tree() {
  const std::scoped_lock lock(mutex_);
  if (!directories_) {
    if (const int code = make_directories(root_.get(), tree_, tree_fd_)) {
      return system_error(Owner::location, code, "cannot make a staging directory", staging_);
    }
    directories_ = std::make_unique<DirectoryCache>(tree_fd_.get());
  }
  return directories_.get();
}

Result<std::optional<std::string>> FilesystemDeposit::filled_mark() {
  Fd mark;
  int code = open_beneath(root_.get(), staging_ + staged::kFilled, O_RDONLY, 0, mark);
  if (code == ENOENT) return std::optional<std::string>();
  std::string text(64, '\0');
  std::size_t n = 0;
  if (code == 0) code = read_some(mark.get(), 0, std::as_writable_bytes(std::span<char>(text.data(), text.size())), n);
  if (code != 0) return system_error(Owner::location, code, "cannot read what is known of staging", staging_);
  return std::optional(text.substr(0, n));
}

Result<bool> FilesystemDeposit::take_in(const std::string& root) {
  if (already_stored_ || committed_) return false;
  if (failed_) return spoiled(staging_);
  TRY(const std::optional<std::string> filled, filled_mark());
  Fd staging;
  int code = open_beneath(root_.get(), staging_, O_RDONLY | O_DIRECTORY, 0, staging);
  if (code == ENOENT) return false;
  std::string from = std::string(staged::kUnpacked).substr(1) + "/" + root;
  from.pop_back();
  Fd parent;
  if (code == 0 && !root.empty()) {
    code = open_beneath(staging.get(), directory_of(from), O_RDONLY | O_DIRECTORY, 0, parent);
  }
  if (code == 0) {
    code = rename_no_replace(root.empty() ? staging.get() : parent.get(), last_of(from), staging.get(), last_of(tree_));
  }
  // Moved before, or files were put since: what is in the tree stays.
  if (code == EEXIST || code == ENOTEMPTY || code == ENOENT) code = 0;
  Fd tree;
  if (code == 0) code = open_beneath(root_.get(), tree_, O_RDONLY | O_DIRECTORY, 0, tree);
  if (code == ENOENT) return false;
  if (code == 0 && filled == staged::kWithDirectories) code = remove_empty_directories(tree.get());
  if (code != 0) return system_error(Owner::location, code, "cannot take in what is staged", staging_);
  return filled.has_value();
}

Result<void> FilesystemDeposit::compare_stored(const DepositFile& file) {
  const std::string key = key_of(file.name);
  Fd fd;
  const int code = open_beneath(root_.get(), key, O_RDONLY | O_NONBLOCK, 0, fd);
  if (code == ENOENT) return rejected("the version is stored without this file", key, Reason::not_found);
  if (code == ENOTDIR || code == ELOOP) return content_differs(key);
  if (code != 0) return system_error(Owner::location, code, "cannot open a stored file", key);
  return require_content(fd.get(), file.size, file.sha256, key);
}

Result<bool> FilesystemDeposit::keep_staged(int directory, const DepositFile& file) {
  const std::string name = last_of(file.name);
  struct stat facts{};
  if (::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
    return system_error(Owner::location, errno, "cannot look at a staged file", file.name);
  }
  if (S_ISREG(facts.st_mode) && static_cast<std::uint64_t>(facts.st_size) == file.size) return true;
  if (const int code = remove_tree(directory, name)) {
    return system_error(Owner::location, code, "cannot remove a staged file", file.name);
  }
  return false;
}

Result<void> FilesystemDeposit::put(const DepositFile& file, const ContentOpener& open) {
  if (!is_relative_path(file.name)) return broken("not a name of a file in a bag", file.name);
  if (already_stored_ || committed_) return compare_stored(file);
  if (failed_) return spoiled(staging_);
  TRY(DirectoryCache * directories, staged_tree());
  std::shared_ptr<const Fd> directory;
  if (const int code = directories->get(directory_of(file.name), directory)) {
    return system_error(Owner::location, code, "cannot make a staging directory", file.name);
  }
  if (!unsealed_.exchange(true)) {
    if (const int code = remove_tree(root_.get(), sealed_mark())) {
      return system_error(Owner::location, code, "cannot take the seal off a deposit", staging_);
    }
  }
  const std::string name = last_of(file.name);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  Fd fd(::openat(directory->get(), name.c_str(), kFlags, 0444));
  if (!fd.valid() && errno == EEXIST) {
    TRY(const bool kept, keep_staged(directory->get(), file));
    if (kept) return {};
    fd = Fd(::openat(directory->get(), name.c_str(), kFlags, 0444));
  }
  if (!fd.valid()) return system_error(Owner::location, errno, "cannot make a staged file", file.name);
  Result<void> written = [&]() -> Result<void> {
    TRY(const std::unique_ptr<ByteSource> content, open());
    TRY_VOID(write_verified(fd.get(), *content, file.size, file.sha256, Owner::location, file.name));
    if (const int code = set_mode(fd.get(), 0444)) {
      return system_error(Owner::location, code, "cannot set the mode of a file", file.name);
    }
    return {};
  }();
  // What is not whole must not be taken for whole by a later put of the same size.
  if (!written) ::unlinkat(directory->get(), name.c_str(), 0);
  return written;
}

Result<void> FilesystemDeposit::seal() {
  if (failed_) return spoiled(staging_);
  if (!already_stored_ && !committed_) {
    TRY_VOID(staged_tree());
  }
  int code = 0;
  if (location_.barrier() == Barrier::whole_filesystem) {
    if (::syncfs(first_root_ ? first_root_->get() : root_.get()) != 0) code = errno;
  } else {
    Fd tree;
    code = open_beneath(root_.get(), place(), O_RDONLY | O_DIRECTORY, 0, tree);
    if (code == 0) code = sync_tree(tree.get());
  }
  if (code != 0) {
    // The kernel may have dropped the pages it could not write and call them clean: a second barrier would lie.
    failed_ = true;
    location_.mark_spoiled(staging_);
    return system_error(Owner::location, code, "the durability barrier failed", staging_);
  }
  if (already_stored_ || committed_) return {};
  Fd mark;
  code = open_beneath(root_.get(), sealed_mark(), O_WRONLY | O_CREAT, 0600, mark);
  if (code != 0) return system_error(Owner::location, code, "cannot mark a deposit as sealed", staging_);
  unsealed_ = false;
  return {};
}

Result<bool> FilesystemDeposit::is_sealed() {
  Fd mark;
  const int code = open_beneath(root_.get(), sealed_mark(), O_RDONLY, 0, mark);
  if (code == ENOENT) return false;
  if (code != 0) return system_error(Owner::location, code, "cannot look for the seal of a deposit", staging_);
  return true;
}

int FilesystemDeposit::directory_to_read(const std::string& path, std::shared_ptr<const Fd>& out) {
  DirectoryCache* known = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    if (!read_directories_) {
      if (const int code = open_beneath(root_.get(), place(), O_RDONLY | O_DIRECTORY, 0, read_fd_)) return code;
      read_directories_ = std::make_unique<DirectoryCache>(read_fd_.get(), DirectoryCache::Missing::leave);
    }
    known = read_directories_.get();
  }
  return known->get(path, out);
}

Result<FilesystemDeposit::Opened> FilesystemDeposit::open_to_read(const std::string& name) {
  std::shared_ptr<const Fd> directory;
  int code = directory_to_read(directory_of(name), directory);
  Opened opened;
  if (code == 0) code = open_for_medium(directory->get(), last_of(name), opened.fd, opened.direct);
  if (code == ENOENT || code == ENOTDIR || code == ELOOP) {
    return rejected("the file is missing", key_of(name), Reason::not_found);
  }
  if (code != 0) return system_error(Owner::location, code, "cannot open a file to read it back", key_of(name));
  struct stat facts{};
  if (::fstat(opened.fd.get(), &facts) != 0) {
    return system_error(Owner::location, errno, "cannot look at a file", name);
  }
  if (!S_ISREG(facts.st_mode)) return rejected("what lies there is not a file", key_of(name), Reason::not_found);
  opened.size = static_cast<std::uint64_t>(facts.st_size);
  return opened;
}

Result<void> FilesystemDeposit::read_back(const std::string& name, ByteSink& sink) {
  TRY(const Opened file, open_to_read(name));
  return read_medium(file.fd.get(), file.size, file.direct, sink, Owner::location, key_of(name));
}

void FilesystemDeposit::read_back_all(std::span<ReadBack> files) {
  ReadRing* ring = ReadRing::of_this_thread();
  if (ring == nullptr) return Deposit::read_back_all(files);
  for (; !files.empty(); files = files.subspan(std::min(files.size(), ReadRing::kAtOnce))) {
    read_at_once(*ring, files.first(std::min(files.size(), ReadRing::kAtOnce)));
  }
}

/// Those that a ring takes, by one request each; the others one after the other.
void FilesystemDeposit::read_at_once(ReadRing& ring, std::span<ReadBack> files) {
  ByteSpan memory = ring.memory();
  std::vector<Opened> opened;
  std::vector<ReadRing::Request> requests;
  std::vector<ReadBack*> asked;
  opened.reserve(files.size());
  for (ReadBack& file : files) {
    Result<Opened> one = open_to_read(file.name);
    if (!one) {
      file.outcome = std::move(one).error();
    } else if (!one->direct || one->size >= ReadRing::kEach) {
      file.outcome = read_medium(one->fd.get(), one->size, one->direct, file.sink, Owner::location, key_of(file.name));
    } else {
      // With room behind its end, where a file that has grown would show.
      const std::size_t room = (static_cast<std::size_t>(one->size) / kPage + 1) * kPage;
      requests.push_back({one->fd.get(), memory.first(room), 0});
      memory = memory.subspan(room);
      opened.push_back(std::move(one).value());
      asked.push_back(&file);
    }
  }
  ring.read(requests);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const ReadRing::Request& request = requests[i];
    ReadBack& file = *asked[i];
    // Refused, or grown: asked once more in the way that settles everything.
    if (request.got < 0 || static_cast<std::size_t>(request.got) == request.into.size()) {
      file.outcome = read_medium(request.fd, opened[i].size, true, file.sink, Owner::location, key_of(file.name));
    } else {
      const auto got = static_cast<std::size_t>(request.got);
      file.outcome = got == 0 ? ok() : file.sink.write(request.into.first(got));
    }
  }
}

Result<void> FilesystemDeposit::list(const std::function<Result<void>(const DepositedFile&)>& found) {
  Fd tree;
  const int code = open_beneath(root_.get(), place(), O_RDONLY | O_DIRECTORY, 0, tree);
  if (code == ENOENT) return {};
  if (code != 0) return system_error(Owner::location, code, "cannot open the deposit's directory", place());
  return walk(tree.get(), Owner::location, [&](const Found& file) { return found({file.name, file.size}); });
}

Result<void> FilesystemDeposit::sync_final() {
  const int code = location_.durable_names_.sync(root_.get(), directory_of(final_));
  if (code != 0) return system_error(Owner::location, code, "cannot make the version durable", final_);
  return {};
}

Result<void> FilesystemDeposit::remove_staging() {
  Fd parent;
  int code = open_beneath(root_.get(), std::string(kStaging), O_RDONLY | O_DIRECTORY, 0, parent);
  if (code == 0) code = remove_tree(parent.get(), last_of(staging_));
  if (code != 0 && code != ENOENT) return system_error(Owner::location, code, "cannot remove staging", staging_);
  location_.forget_staging(staging_);
  return {};
}

Result<void> FilesystemDeposit::settle_conflict() {
  Fd staged;
  Fd stored;
  int code = open_beneath(root_.get(), tree_, O_RDONLY | O_DIRECTORY, 0, staged);
  if (code == 0) code = open_beneath(root_.get(), final_, O_RDONLY | O_DIRECTORY, 0, stored);
  if (code == ENOTDIR || code == ELOOP) return content_differs(final_);
  if (code != 0) return system_error(Owner::location, code, "cannot open a version", final_);
  TRY(const Difference difference, compare_trees(staged.get(), stored.get()));
  switch (difference.kind) {
    case Difference::Kind::none:
      return {};
    case Difference::Kind::content:
      return content_differs(key_of(difference.name));
    case Difference::Kind::unexpected:
      break;
  }
  return rejected("unexpected content is already stored at " + key_of(difference.name), key_of(difference.name),
                  Reason::unexpected_content);
}

Result<void> FilesystemDeposit::commit() {
  if (failed_) return spoiled(staging_);
  TRY_VOID(location_.path_.still_same(root_.get()));
  if (already_stored_ || committed_) {
    TRY_VOID(sync_final());
    return remove_staging();
  }
  TRY(const bool sealed, is_sealed());
  if (!sealed) return broken("commit without a barrier after the last write", final_);
  Fd staging;
  Fd parent;
  int code = open_beneath(root_.get(), staging_, O_RDONLY | O_DIRECTORY, 0, staging);
  if (code == 0) code = make_directories(root_.get(), directory_of(final_), parent);
  if (code == ENOTDIR || code == ELOOP) return content_differs(final_);
  if (code == 0) code = rename_no_replace(staging.get(), last_of(tree_), parent.get(), last_of(final_));
  if (code == EEXIST || code == ENOTEMPTY) {
    TRY_VOID(settle_conflict());
  } else if (code != 0) {
    return system_error(Owner::location, code, "cannot rename staging to its final key", final_);
  }
  committed_ = true;
  directories_.reset();
  read_directories_.reset();
  // Where the barrier counts, a rename is one change in the journal: the old name goes as the new one comes.
  if (location_.barrier() != Barrier::whole_filesystem && ::fsync(staging.get()) != 0) {
    return system_error(Owner::location, errno, "cannot make the version durable", final_);
  }
  TRY_VOID(sync_final());
  // Empty, or a copy of what is stored. If it cannot be removed now, sweep() does it later: the version is in place.
  static_cast<void>(remove_staging());
  return {};
}

Result<void> FilesystemDeposit::abandon() {
  {
    const std::scoped_lock lock(mutex_);
    directories_.reset();
    tree_fd_ = Fd();
    read_directories_.reset();
    read_fd_ = Fd();
  }
  return remove_staging();
}

}  // namespace strongroom::filesystem

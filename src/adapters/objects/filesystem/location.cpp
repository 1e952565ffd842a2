#include "adapters/objects/filesystem/location.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "adapters/objects/filesystem/deposit.hpp"
#include "adapters/objects/filesystem/file_io.hpp"
#include "adapters/objects/filesystem/intake.hpp"
#include "base/text.hpp"
#include "domain/layout.hpp"

namespace strongroom::filesystem {
namespace {

bool is_key(const std::string& key) {
  return is_relative_path(key) && key != kStaging && !key.starts_with(std::string(kStaging) + "/");
}

/// Nothing there, as far as the filesystem can say so without doubt.
bool is_absence(int code) { return code == ENOENT || code == ENOTDIR; }

}  // namespace

Error content_differs(const std::string& key) {
  return rejected("different content is already stored at " + key, key, Reason::content_differs);
}

std::optional<Fence> fence_in_name(std::string_view name, const IngestId& ingest) {
  const std::string start = ingest.str() + "-";
  if (!name.starts_with(start)) return std::nullopt;
  const auto number = parse_number(name.substr(start.size()));
  if (!number) return std::nullopt;
  return Fence{static_cast<std::int64_t>(*number)};
}

Result<void> require_content(int fd, std::uint64_t size, const Digest& sha256, const std::string& key) {
  struct stat facts{};
  if (::fstat(fd, &facts) != 0) return system_error(Owner::location, errno, "cannot look at a stored file", key);
  if (!S_ISREG(facts.st_mode) || static_cast<std::uint64_t>(facts.st_size) != size) return content_differs(key);
  TRY(const Measured stored, measure_file(fd, Owner::location, key));
  if (stored.size != size || stored.digest != sha256) return content_differs(key);
  return {};
}

FilesystemLocation::FilesystemLocation(const LocationOptions& options, Marker marker)
    : path_(options.root, options.prefix, marker.uuid), marker_(std::move(marker)) {}

Result<std::unique_ptr<FilesystemLocation>> FilesystemLocation::open_location(const LocationOptions& options) {
  TRY(Marker marker, read_marker(options.root, options.prefix));
  if (!options.expected_uuid.empty() && marker.uuid != options.expected_uuid) {
    return temporary("another location lies where this one should be", layout::location_marker_key(), Reason::conflict);
  }
  std::unique_ptr<FilesystemLocation> made(new FilesystemLocation(options, std::move(marker)));
  TRY(const Fd root, made->path_.open());
  TRY_VOID(probe(root.get()));
  struct stat facts{};
  if (::fstat(root.get(), &facts) != 0) {
    return system_error(Owner::location, errno, "cannot look at the location's directory", "");
  }
  made->device_ = facts.st_dev;
  made->barrier_ = options.barrier.value_or(barrier_of(root.get()));
  return made;
}

void FilesystemLocation::write_out_beside(Workers& workers) {
  if (barrier_ == Barrier::whole_filesystem) write_out_ = std::make_unique<WriteOut>(workers.lane());
}

Result<std::unique_ptr<ByteSource>> FilesystemLocation::get(const std::string& key, ByteRange range) {
  TRY(const Fd root, path_.open());
  Fd fd;
  const int code = is_key(key) ? open_beneath(root.get(), key, O_RDONLY | O_NONBLOCK, 0, fd) : ENOENT;
  if (is_absence(code)) return rejected("there is no such object", key, Reason::not_found);
  if (code != 0) return system_error(Owner::location, code, "cannot open an object", key);
  struct stat facts{};
  if (::fstat(fd.get(), &facts) != 0) return system_error(Owner::location, errno, "cannot look at an object", key);
  if (S_ISDIR(facts.st_mode)) return rejected("there is no such object", key, Reason::not_found);
  if (!S_ISREG(facts.st_mode)) return broken("what lies at the key is not a file", key);
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  if (range.first > size) return broken("the object is shorter than that", key, Reason::truncated);
  return std::unique_ptr<ByteSource>(
      std::make_unique<FileSource>(std::make_shared<const Fd>(std::move(fd)), range.first,
                                   range.length.value_or(size - range.first), Owner::location, key));
}

Result<std::optional<ObjectInfo>> FilesystemLocation::stat(const std::string& key) {
  TRY(const Fd root, path_.open());
  struct stat facts{};
  const int code = is_key(key) ? stat_beneath(root.get(), key, facts) : ENOENT;
  if (is_absence(code)) return std::optional<ObjectInfo>();
  if (code != 0) return system_error(Owner::location, code, "cannot look at an object", key);
  if (S_ISDIR(facts.st_mode)) return std::optional<ObjectInfo>();
  if (!S_ISREG(facts.st_mode)) return broken("what lies at the key is not a file", key);
  return std::optional<ObjectInfo>(ObjectInfo{key, static_cast<std::uint64_t>(facts.st_size)});
}

Result<std::vector<ObjectInfo>> FilesystemLocation::list(const std::string& prefix, const std::string& after,
                                                         std::size_t limit) {
  TRY(const Fd root, path_.open());
  return list_in_order(root.get(), prefix, after, limit, std::string(kStaging));
}

Result<bool> FilesystemLocation::compare_stored(int root, const std::string& key, const ObjectSpec& spec) {
  Fd fd;
  const int code = open_beneath(root, key, O_RDONLY | O_NONBLOCK, 0, fd);
  if (code == ENOENT) return false;
  // A file where a directory would have to be, or a link: nothing can be stored there, and nothing equal is.
  if (code == ENOTDIR || code == ELOOP) return content_differs(key);
  if (code != 0) return system_error(Owner::location, code, "cannot open an object", key);
  TRY_VOID(require_content(fd.get(), spec.size, spec.sha256, key));
  // Its writer may have died before it was durable.
  int failed = ::fsync(fd.get()) == 0 ? 0 : errno;
  if (failed == 0) failed = durable_names_.sync(root, directory_of(key));
  if (failed != 0) return system_error(Owner::location, failed, "cannot make an object durable", key);
  return true;
}

Result<void> FilesystemLocation::write_new(int root, const std::string& key, const ObjectSpec& spec,
                                           const ContentOpener& open) {
  TRY(const std::unique_ptr<ByteSource> content, open());
  TRY(NewFile file, NewFile::create(root, std::string(kTemporaryFiles), 0444, Owner::location, key));
  TRY_VOID(write_verified(file.fd(), *content, spec.size, spec.sha256, Owner::location, key));
  if (::fsync(file.fd()) != 0) return system_error(Owner::location, errno, "cannot make an object durable", key);
  TRY_VOID(path_.still_same(root));
  Fd directory;
  int code = make_directories(root, directory_of(key), directory);
  if (code == ENOTDIR || code == ELOOP) return content_differs(key);
  if (code == 0) code = file.publish(directory.get(), last_of(key));
  if (code == EEXIST) return rejected("the key is taken", key, Reason::already_exists);
  if (code == 0) code = durable_names_.sync(root, directory_of(key));
  if (code != 0) return system_error(Owner::location, code, "cannot store an object", key);
  return {};
}

Result<void> FilesystemLocation::put(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) {
  if (!is_key(key)) return broken("not a key of an object", key);
  TRY(const Fd root, path_.open());
  TRY(const bool stored, compare_stored(root.get(), key, spec));
  if (stored) return {};
  Result<void> written = write_new(root.get(), key, spec, open);
  if (written || written.error().reason != Reason::already_exists) return written;
  // Somebody was faster: look again (pipeline.md 7.2).
  TRY(const bool theirs, compare_stored(root.get(), key, spec));
  if (!theirs) return temporary("an object appeared and went away", key, Reason::conflict);
  return {};
}

void FilesystemLocation::mark_spoiled(const std::string& staging) {
  const std::scoped_lock lock(mutex_);
  spoiled_.insert(staging);
}

void FilesystemLocation::forget_staging(const std::string& staging) {
  const std::scoped_lock lock(mutex_);
  spoiled_.erase(staging);
  first_roots_.erase(staging);
}

/// An intake that never wrote anything leaves no directory to be found.
void FilesystemLocation::forget_roots(const IngestId& ingest, Fence below) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(first_roots_, [&](const auto& known) {
    const auto fence = fence_in_name(last_of(known.first), ingest);
    return fence && *fence < below;
  });
}

int FilesystemLocation::adopt_staging(int staging, const StagingTicket& ticket, const std::string& own) {
  for (Fence fence{ticket.fence.number - 1}; fence >= *ticket.adopt; --fence.number) {
    const std::string theirs = layout::staging_directory(ticket.ingest, fence);
    {
      const std::scoped_lock lock(mutex_);
      if (spoiled_.contains(theirs)) continue;
    }
    const int code = rename_no_replace(staging, last_of(theirs), staging, last_of(own));
    // Staging of this very fence is there already: that is the one to go on with.
    if (code == EEXIST || code == ENOTEMPTY) return 0;
    if (code != ENOENT) return code;
  }
  return 0;
}

Result<void> FilesystemLocation::prepare_staging(int root, const StagingTicket& ticket) {
  const std::string own = layout::staging_directory(ticket.ingest, ticket.fence);
  bool spoiled = false;
  {
    const std::scoped_lock lock(mutex_);
    spoiled = spoiled_.contains(own);
  }
  Fd staging;
  int code = make_directories(root, std::string(kStaging), staging);
  if (code == 0 && spoiled) {
    code = remove_tree(staging.get(), last_of(own));
    if (code == 0) forget_staging(own);
  }
  if (code == 0 && ticket.adopt) code = adopt_staging(staging.get(), ticket, own);
  if (code != 0) return system_error(Owner::location, code, "cannot prepare staging", own);
  return {};
}

Result<std::unique_ptr<Deposit>> FilesystemLocation::open(const DepositTicket& ticket) {
  TRY(Fd root, path_.open());
  const std::string prefix = layout::version_prefix(ticket.bag, ticket.version);
  struct stat facts{};
  const int code = stat_beneath(root.get(), prefix.substr(0, prefix.size() - 1), facts);
  if (code != 0 && !is_absence(code)) return system_error(Owner::location, code, "cannot look at a version", prefix);
  if (code == 0 && !S_ISDIR(facts.st_mode)) return content_differs(prefix);
  TRY_VOID(prepare_staging(root.get(), ticket.staging()));
  std::shared_ptr<const Fd> first;
  {
    const std::scoped_lock lock(mutex_);
    const auto known = first_roots_.find(layout::staging_directory(ticket.ingest, ticket.fence));
    if (known != first_roots_.end()) first = known->second;
  }
  return std::unique_ptr<Deposit>(std::make_unique<FilesystemDeposit>(*this, std::move(root), std::move(first), ticket,
                                                                      /*already_stored=*/code == 0));
}

Result<std::unique_ptr<Intake>> FilesystemLocation::intake(const StagingTicket& ticket) {
  TRY(Fd opened, path_.open());
  TRY_VOID(prepare_staging(opened.get(), ticket));
  const std::string own = layout::staging_directory(ticket.ingest, ticket.fence);
  const std::scoped_lock lock(mutex_);
  auto& first = first_roots_[own];
  if (!first) first = std::make_shared<const Fd>(std::move(opened));
  return std::unique_ptr<Intake>(std::make_unique<FilesystemIntake>(first, own, write_out_.get()));
}

Result<void> FilesystemLocation::sweep(const IngestId& ingest, Fence below) {
  forget_roots(ingest, below);
  TRY(const Fd root, path_.open());
  Fd staging;
  int code = open_beneath(root.get(), std::string(kStaging), O_RDONLY | O_DIRECTORY, 0, staging);
  if (code == ENOENT) return {};
  if (code != 0) return system_error(Owner::location, code, "cannot open staging", std::string(kStaging));
  TRY(const std::vector<std::string> names, names_in(staging.get(), Owner::location));
  bool removed = false;
  for (const std::string& name : names) {
    const auto fence = fence_in_name(name, ingest);
    if (!fence || *fence >= below) continue;
    removed = true;
    code = remove_tree(staging.get(), name);
    if (code != 0) return system_error(Owner::location, code, "cannot remove staging", name);
    forget_staging(layout::staging_directory(ingest, *fence));
  }
  // Durable before the ingest ends: nobody comes back for what a loss of power would bring to light again.
  if (removed && ::fsync(staging.get()) != 0) {
    return system_error(Owner::location, errno, "cannot sync staging", std::string(kStaging));
  }
  return {};
}

}  // namespace strongroom::filesystem

// A location in a directory: object store and depository (pipeline.md 7.1, 7.4; CORRECTNESS 1).
//
// Keys are paths below the location's root. New objects appear whole and durable under their key or not at all; a
// version appears by one rename of its staging directory. Nothing at a key is ever replaced or removed: only staging
// is. No symbolic link below the root is followed. All calls may come from any thread.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "adapters/objects/filesystem/durable_names.hpp"
#include "adapters/objects/filesystem/root.hpp"
#include "adapters/objects/filesystem/tree.hpp"
#include "adapters/objects/filesystem/write_out.hpp"
#include "ports/deposit.hpp"
#include "ports/object_store.hpp"

namespace strongroom::filesystem {

/// The key the start-up check of create-only writes uses, always with the same content.
inline constexpr std::string_view kProbeKey = "_strongroom/probe";
/// The directory of everything unfinished; never listed, never part of the archive.
inline constexpr std::string_view kStaging = "_strongroom/staging";
/// Where unfinished objects lie on filesystems without nameless files.
inline constexpr std::string_view kTemporaryFiles = "_strongroom/staging/objects";

struct LocationOptions {
  std::string root;           ///< an existing directory
  std::string prefix;         ///< empty, or ending in `/`
  std::string expected_uuid;  ///< empty: whoever it is, and from then on only that one
  /// Set only to force the slower barrier; otherwise the filesystem decides.
  std::optional<Barrier> barrier;
};

class FilesystemLocation final : public ObjectStore, public Depository {
 public:
  /// Checks who it is and that the directory can keep an archive (pipeline.md 7.1). Reason::unsupported (broken) names
  /// the property that is missing; a wrong or missing marker is temporary.
  static Result<std::unique_ptr<FilesystemLocation>> open_location(const LocationOptions& options);

  /// From now on what was unpacked is begun to be written out while it is verified. Before the first intake.
  void write_out_beside(Workers& workers);

  [[nodiscard]] const std::string& uuid() const { return marker_.uuid; }
  [[nodiscard]] const std::string& label() const { return marker_.label; }
  /// Two locations with the same one are lost together: the caller warns.
  [[nodiscard]] dev_t device() const { return device_; }
  [[nodiscard]] Barrier barrier() const { return barrier_; }

  Result<std::unique_ptr<ByteSource>> get(const std::string& key, ByteRange range) override;
  Result<std::optional<ObjectInfo>> stat(const std::string& key) override;
  Result<std::vector<ObjectInfo>> list(const std::string& prefix, const std::string& after, std::size_t limit) override;
  Result<void> put(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) override;

  Result<std::unique_ptr<Deposit>> open(const DepositTicket& ticket) override;
  Result<std::unique_ptr<Intake>> intake(const StagingTicket& ticket) override;
  Result<void> sweep(const IngestId& ingest, Fence below) override;

 private:
  friend class FilesystemDeposit;
  FilesystemLocation(const LocationOptions& options, Marker marker);

  Result<void> write_new(int root, const std::string& key, const ObjectSpec& spec, const ContentOpener& open);
  Result<bool> compare_stored(int root, const std::string& key, const ObjectSpec& spec);
  /// Takes over the latest staging that the ticket allows. 0 or an errno.
  int adopt_staging(int staging, const StagingTicket& ticket, const std::string& own);
  Result<void> prepare_staging(int root, const StagingTicket& ticket);

  /// Staging whose barrier failed may hold pages the kernel has given up on; it is never taken up again.
  void mark_spoiled(const std::string& staging);
  void forget_roots(const IngestId& ingest, Fence below);
  /// Nothing lies in that staging any more.
  void forget_staging(const std::string& staging);

  const RootPath path_;
  const Marker marker_;
  dev_t device_ = 0;
  Barrier barrier_ = Barrier::every_file;
  DurableNames durable_names_;
  std::unique_ptr<WriteOut> write_out_;
  std::mutex mutex_;
  std::set<std::string> spoiled_;
  /// Of staging that an intake has begun: the root as it was opened before the first write, so that the deposit's
  /// barrier tells of every error since (CORRECTNESS 1.7).
  std::map<std::string, std::shared_ptr<const Fd>> first_roots_;
};

/// What a filesystem must be able to do to keep an archive: create-only writes refused on an existing key, names that
/// differ in case or normal form kept apart and given back as they are, staging on the same filesystem.
Result<void> probe(int root);
/// The part of it about names, in an empty directory that it leaves filled.
Result<void> probe_names(int directory);

/// Compares an open stored file with what it should be; different: Reason::content_differs (rejected).
Result<void> require_content(int fd, std::uint64_t size, const Digest& sha256, const std::string& key);
[[nodiscard]] Error content_differs(const std::string& key);

/// The fence of a directory named `{ingest}-{fence}`, when it is one of this ingest.
std::optional<Fence> fence_in_name(std::string_view name, const IngestId& ingest);

}  // namespace strongroom::filesystem

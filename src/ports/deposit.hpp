// A deposit: one version of a bag on its way into one location.
//
// On a filesystem the files go to staging, seal() is the one durability barrier, read_back() reads the medium, and
// commit() is the one rename. On an object store every put goes to its final key and commit() only checks. Nothing here
// can touch what is already stored: a deposit can abandon only its own staging (pipeline.md 7, CORRECTNESS 1.4 to 1.7).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "domain/identifiers.hpp"
#include "ports/object_store.hpp"
#include "ports/work_file.hpp"

namespace strongroom {

/// Whose staging, under which fence.
struct StagingTicket {
  IngestId ingest;
  Fence fence;
  /// Staging of this fence or a later one below `fence` may be taken over, the latest there is (Claim::adopt).
  std::optional<Fence> adopt;
};

/// Which version, for which ingest, under which fence.
struct DepositTicket {
  BagId bag;
  Version version;
  IngestId ingest;
  Fence fence;
  std::optional<Fence> adopt;  ///< as a StagingTicket's

  [[nodiscard]] StagingTicket staging() const { return {ingest, fence, adopt}; }
};

struct DepositFile {
  std::string name;  ///< inside the bag
  std::uint64_t size = 0;
  Digest sha256;
};

/// A file found in a deposit: name inside the bag.
struct DepositedFile {
  std::string name;
  std::uint64_t size = 0;
};

/// Files of a package in the staging of a location, written while it is unpacked and before anybody knows whether they
/// make a bag, and which version (CORRECTNESS 4.2). Deposit::take_in() makes a deposit of them. Names are the
/// package's.
class Intake {
 public:
  virtual ~Intake() = default;

  /// A new file; directories are made on the way. Reason::already_exists (rejected) when the name is there, or is a
  /// directory, or one of its parents is a file. One thread; files of different names may be written from several.
  virtual Result<std::unique_ptr<WorkFile>> create_file(const std::string& name, std::uint64_t expected_size) = 0;
  /// A directory, perhaps again. Reason::already_exists (rejected) when a file is in the way.
  virtual Result<void> create_directory(const std::string& name) = 0;
  /// Every file has been written: a deposit may rely on it.
  virtual Result<void> finish() = 0;
  /// Removes everything, so that unpacking can start again.
  virtual Result<void> clear() = 0;
  /// The file `root + name`, as it was written or as take_in(root) has moved it. Reason::not_found when it is neither.
  virtual Result<std::unique_ptr<ByteSource>> open_file(const std::string& root, const std::string& name) = 0;
};

/// One of several files that are to be read back.
struct ReadBack {
  const std::string& name;
  ByteSink& sink;
  Result<void> outcome{};
};

class Deposit {
 public:
  virtual ~Deposit() = default;

  /// Makes what unpacking staged below `root` (empty, or ending in a slash) the files of this deposit, unless it has
  /// some. True when all of them were written: nothing is to be put then, and read_back() judges them as any.
  virtual Result<bool> take_in(const std::string& root) = 0;

  /// The version's final keys held something before this deposit wrote: put() then compares instead of writing, and
  /// commit() has nothing to rename.
  [[nodiscard]] virtual bool already_stored() const = 0;
  /// Writes one file, or finds it there. Adopted staging that has the right size is kept: read_back judges it. Where
  /// the final key holds it already, its bytes are compared in full: different ones are Reason::content_differs
  /// (rejected, `where` is the key). A version that is stored without this file is Reason::not_found (rejected) where
  /// single files cannot be added to it. Callable from several threads for different names.
  virtual Result<void> put(const DepositFile& file, const ContentOpener& open) = 0;
  /// The durability barrier: everything put is on the medium afterwards. A failed one must not be repeated: abandon().
  virtual Result<void> seal() = 0;
  /// All bytes of one file, from the medium and not from a cache where the system allows it. Reason::not_found when it
  /// is missing. Callable from several threads.
  virtual Result<void> read_back(const std::string& name, ByteSink& sink) = 0;
  /// The same of several small files, each with its own outcome; a location may ask for them all at once.
  virtual void read_back_all(std::span<ReadBack> files) {
    for (ReadBack& file : files) file.outcome = read_back(file.name, file.sink);
  }
  /// What the location's provider has computed itself of a file's stored bytes; nothing where it does no such thing.
  /// Reason::not_found when the file is missing. Callable from several threads.
  virtual Result<std::optional<ServerChecksum>> checksum_of(const std::string& name) = 0;
  /// Every file that is there now, in any order: staging before commit, the final keys after it or when
  /// already_stored().
  virtual Result<void> list(const std::function<Result<void>(const DepositedFile&)>& found) = 0;
  /// Makes the version appear at its final keys, complete and durable. Repeating it is success. Something else there:
  /// Reason::content_differs or unexpected_content (rejected).
  virtual Result<void> commit() = 0;
  /// Removes this deposit's own staging. Final keys are never touched.
  virtual Result<void> abandon() = 0;
};

/// The deposits of one location. All calls may come from any thread.
class Depository {
 public:
  virtual ~Depository() = default;
  /// Begins, adopts or finds the deposit of a ticket. Fails (temporary) when the location is not the one it should be
  /// (CORRECTNESS 1.9).
  virtual Result<std::unique_ptr<Deposit>> open(const DepositTicket& ticket) = 0;
  /// Begins, adopts or finds what unpacking stages here; null where nothing is staged. Fails as open() does.
  virtual Result<std::unique_ptr<Intake>> intake(const StagingTicket& ticket) = 0;
  /// Removes staging of this ingest of every fence below. Called only under that ingest's lease (CORRECTNESS 2.7).
  virtual Result<void> sweep(const IngestId& ingest, Fence below) = 0;
};

}  // namespace strongroom

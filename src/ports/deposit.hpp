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
#include <string>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "domain/identifiers.hpp"
#include "ports/object_store.hpp"

namespace strongroom {

/// Which version, for which ingest, under which fence.
struct DepositTicket {
  BagId bag;
  Version version;
  IngestId ingest;
  Fence fence;
  /// Staging of this fence or a later one below `fence` may be taken over, the latest there is (Claim::adopt).
  std::optional<Fence> adopt;
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

class Deposit {
 public:
  virtual ~Deposit() = default;

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
  /// Removes staging of this ingest of every fence below. Called only under that ingest's lease (CORRECTNESS 2.7).
  virtual Result<void> sweep(const IngestId& ingest, Fence below) = 0;
};

}  // namespace strongroom
